"""Completions from any server: without what it refuses, and read in whatever shape they come."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stack_tui.endpoints.chat import Completion, completion_error, read_completion
from stack_tui.endpoints.client import Client, Reply
from stack_tui.endpoints.endpoint_errors import EndpointError
from stack_tui.endpoints.refused_fields import adapt, dropped, suspects

CompletionPath = Literal["chat/completions", "completions"]

_FORMAT = "response_format"


@dataclass(frozen=True)
class Exchange:
    """A completion, the reply it was read from, and the request as it was accepted.

    `dropped` names what the server refuses of the request; `news` what it was not known to refuse.
    """

    completion: Completion
    reply: Reply
    sent: Mapping[str, Any]
    dropped: tuple[str, ...] = ()
    news: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Step:
    """A request without what is refused so far: its reply, or the reason why there is none."""

    refused: frozenset[str]
    reply: Reply | None = None
    reason: EndpointError | None = None


class CompletionClient:
    """Asks one endpoint for completions, and remembers what it refuses.

    A refused request is sent again without each field that may explain the refusal. Only what the
    server accepts once the field is gone counts as refused. A field in `required` is never left
    out.
    """

    def __init__(self, client: Client, *, required: Collection[str] = ()) -> None:
        self.client = client
        self._required = frozenset(required)
        self._refused: set[str] = set()
        self._format_accepted = False

    async def ask(self, path: CompletionPath, body: Mapping[str, Any]) -> Exchange:
        """Return the completion; raises EndpointError."""
        reply, refused = await self._accepted(path, body, frozenset(self._refused))
        news = refused - self._refused
        self._refused |= news
        sent = adapt(body, refused)
        self._format_accepted = self._format_accepted or _FORMAT in sent
        return Exchange(
            read_completion(reply.data), reply, sent, dropped(body, sent), tuple(sorted(news))
        )

    async def _accepted(
        self, path: CompletionPath, body: Mapping[str, Any], refused: frozenset[str]
    ) -> tuple[Reply, frozenset[str]]:
        """Return the reply to the body without what is refused, and all that is."""
        try:
            return await self._post(path, adapt(body, refused)), refused
        except EndpointError as error:
            step = _Step(refused, reason=error)
        while step.reason is not None:
            following = await self._leave_one_out(path, body, step.refused, step.reason)
            if following is None:
                break
            step = following
        if step.reply is not None:
            return step.reply, step.refused
        assert step.reason is not None
        sent = adapt(body, step.refused)
        if step.reason.status == 500 and self._is_hurried(sent):
            # The format does not explain it: retried like any failure of the server.
            return await self.client.post(path, sent, check=completion_error), step.refused
        raise step.reason

    async def _leave_one_out(
        self,
        path: CompletionPath,
        body: Mapping[str, Any],
        refused: frozenset[str],
        reason: EndpointError,
    ) -> _Step | None:
        """Return what comes of the request without a suspected field, None if nothing changes."""
        for field in suspects(reason, adapt(body, refused)):
            if field in self._required:
                continue
            fewer = refused | {field}
            try:
                reply = await self._post(path, adapt(body, fewer), once=reason.status == 500)
            except EndpointError as error:
                if error.status == reason.status and (
                    error.what == reason.what or field == _FORMAT
                ):
                    continue
                return _Step(fewer, reason=error)
            if reason.status == 500 and (blip := await self._second_try(path, body, refused)):
                return _Step(refused, blip)
            return _Step(fewer, reply)
        return None

    async def _second_try(
        self, path: CompletionPath, body: Mapping[str, Any], refused: frozenset[str]
    ) -> Reply | None:
        """Return the reply to the full request: its 500 may have had nothing to do with it."""
        try:
            return await self._post(path, adapt(body, refused))
        except EndpointError as error:
            if error.status != 500:
                raise
            return None

    async def _post(
        self, path: CompletionPath, sent: Mapping[str, Any], *, once: bool = False
    ) -> Reply:
        """Post the request; a 500 that a response_format may have caused is raised at once."""
        never = (500,) if once or self._is_hurried(sent) else ()
        return await self.client.post(path, sent, check=completion_error, never_retried=never)

    def _is_hurried(self, sent: Mapping[str, Any]) -> bool:
        """Return whether a 500 may be the server's way to refuse a response_format."""
        return _FORMAT in sent and not self._format_accepted and _FORMAT not in self._required


async def ask_chat(client: Client, body: Mapping[str, Any]) -> Exchange:
    """Return a chat completion, without the fields that the model refuses; raises EndpointError.

    A refused response_format raises, as does any other refusal that no optional field explains.
    """
    return await CompletionClient(client, required=(_FORMAT,)).ask("chat/completions", body)
