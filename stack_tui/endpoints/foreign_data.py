"""The boundary around everything that a server's answer can break."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.errors import StackError
from stack_tui.internal_error import logged


@contextmanager
def foreign_data(where: str = "") -> Iterator[None]:
    """Turn whatever is raised in the block into an EndpointError of kind `internal`.

    An answer that nobody foresaw then costs its own request or endpoint, and no other. A StackError
    and a timeout pass. The place of any other exception is logged, without its text, which the
    server may have written.
    """
    try:
        yield
    except (StackError, TimeoutError):
        raise
    except Exception as error:
        # Below WARNING, which Python prints by itself: commands and the app show the error.
        what = logged(error, logging.INFO)
        raise EndpointError(
            "internal",
            f"an answer could not be handled: {what}",
            where=where,
            remedy="The server sent something unusual that stack-tui does not expect. Report both.",
        ) from None
