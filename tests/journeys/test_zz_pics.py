import pytest
pytestmark = pytest.mark.browser
def test_pics(site, staff, member):
    from gonghui.kernel.models import Offer
    print(type(site), dir(site)[:50])
