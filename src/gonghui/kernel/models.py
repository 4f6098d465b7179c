"""All tables of the kernel, in one place because the kernel is one Django application."""

from .access.models import (
    Account,
    AccountSession,
    ApiToken,
    IdempotencyKey,
    LoginCode,
    Post,
    SavedList,
    WechatBinding,
)
from .files.models import StoredFile
from .org.models import (
    Employer,
    Group,
    GroupMember,
    Organisation,
    OrganisationChange,
    OrganisationGram,
    OrganisationName,
    Placement,
    PublicOrganisation,
    Tally,
    Twin,
)
from .people.models import (
    Appointment,
    Membership,
    Person,
    PersonGram,
    PersonMerge,
    SignOfLife,
    TransferRequest,
)
from .rules.models import Rule
from .trail.models import TrailRecord, TrailSeal

__all__ = [
    "Account",
    "AccountSession",
    "ApiToken",
    "Appointment",
    "Employer",
    "Group",
    "GroupMember",
    "IdempotencyKey",
    "LoginCode",
    "Membership",
    "Organisation",
    "OrganisationChange",
    "OrganisationGram",
    "OrganisationName",
    "Person",
    "PersonGram",
    "PersonMerge",
    "Placement",
    "Post",
    "PublicOrganisation",
    "Rule",
    "SavedList",
    "SignOfLife",
    "StoredFile",
    "Tally",
    "TrailRecord",
    "TrailSeal",
    "TransferRequest",
    "Twin",
    "WechatBinding",
]
