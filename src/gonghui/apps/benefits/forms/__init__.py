"""What staff and members fill in."""

from .audience import AudienceForm
from .offer import OfferForm, RepeatForm, SessionForm, SessionFormSet, ShareForm, initial_of, typed_of
from .small import (
    CapacityForm,
    ClerkForm,
    EntryForm,
    FindMember,
    GiveForm,
    JoinForm,
    LiveForm,
    PhotoForm,
    ProviderForm,
    PublishForm,
    RateForm,
    ReasonForm,
    SecretForm,
    ValueForm,
)

__all__ = [
    "AudienceForm",
    "CapacityForm",
    "ClerkForm",
    "EntryForm",
    "FindMember",
    "GiveForm",
    "JoinForm",
    "LiveForm",
    "OfferForm",
    "PhotoForm",
    "ProviderForm",
    "PublishForm",
    "RateForm",
    "ReasonForm",
    "RepeatForm",
    "SecretForm",
    "SessionForm",
    "SessionFormSet",
    "ShareForm",
    "ValueForm",
    "initial_of",
    "typed_of",
]
