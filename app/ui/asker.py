"""On whose behalf the page works at the moment."""

from gradio.context import LocalContext


def asker() -> str | None:
    """The name under which the answers for the person at the page are counted; None where they are not."""
    request = LocalContext.request.get(None)
    return request.state.work_name if request else None
