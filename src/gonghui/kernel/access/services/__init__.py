"""Every write of accounts, posts, tokens, codes and sessions."""

from .accounts import (
    ask_post,
    create_account,
    decline_post,
    grant_post,
    install_officers,
    reset_password,
    restore_account,
    revoke_post,
    suspend_account,
)
from .codes import Sent, check_code, enter_member, send_code
from .entering import (
    change_password,
    end_other_sessions,
    log_out,
    note,
    note_failure,
    note_login,
    switch_post,
)
from .saved import AccountListStore, delete_list, save_list
from .tokens import create_token, revoke_token

__all__ = [
    "AccountListStore",
    "Sent",
    "ask_post",
    "change_password",
    "check_code",
    "create_account",
    "create_token",
    "decline_post",
    "delete_list",
    "end_other_sessions",
    "enter_member",
    "grant_post",
    "install_officers",
    "log_out",
    "note",
    "note_failure",
    "note_login",
    "reset_password",
    "restore_account",
    "revoke_post",
    "revoke_token",
    "save_list",
    "send_code",
    "suspend_account",
    "switch_post",
]
