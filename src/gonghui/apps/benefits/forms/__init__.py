"""What staff and members fill in."""

from .audience import AudienceForm
from .offer import OfferForm, RepeatForm, SessionForm, SessionFormSet, ShareForm, initial_of, typed_of
from .small import (
    CapacityForm,
    CheckForm,
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
    ShowSecretForm,
    WitnessForm,
)

__all__ = [
    "AudienceForm",
    "CapacityForm",
    "CheckForm",
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
    "SessionForm",
    "SessionFormSet",
    "ShareForm",
    "ShowSecretForm",
    "WitnessForm",
    "initial_of",
    "typed_of",
]
