"""What can go wrong with what is kept, each as one sentence.

CoeError
├── UnknownConversation         no such conversation of this owner                  HTTP 404
├── NothingKept                 this server keeps no conversations                  HTTP 409
├── ConversationFull            a conversation has as many turns as one may         HTTP 409
└── KeepingFailed               the file cannot be read or written now              HTTP 503
"""

from ingest.errors import CoeError


class UnknownConversation(CoeError):
    """There is no such conversation, or it is somebody else's, which is not told."""

    code = "unknown_conversation"
    status = 404


class NothingKept(CoeError):
    """The settings say that nothing is kept."""

    code = "nothing_kept"
    status = 409


class ConversationFull(CoeError):
    """A conversation has as many turns as one may have."""

    code = "conversation_full"
    status = 409


class KeepingFailed(CoeError):
    """The file of conversations cannot be read or written at the moment."""

    code = "keeping_failed"
    status = 503
