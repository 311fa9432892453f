"""Routes of sign-in, first-run set-up, one's own password and tokens."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, g, request
from pydantic import Field, StringConstraints

from core.access.guard import KNOWN_BROWSER_COOKIE, cookie_name
from core.access.permission import ANY_SIGNED_IN, PUBLIC
from core.access.setup import is_setup_code
from core.http import ApiBlueprint, ApiModel, Id, Timestamp, answer, format_time, no_content
from core.people.store import User
from core.platform import Platform
from core.problems import Conflict, Denied, NotFound, NotSignedIn

Username = Annotated[
    str, StringConstraints(min_length=2, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]+$", strip_whitespace=True)
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=256)]
PersonName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
_YEAR_S = 31_536_000


class Me(ApiModel):
    """The signed-in person."""

    id: str
    username: str
    name: str
    roles: list[str]
    permissions: list[str] = Field(description="object:action that the roles allow in some relation.")
    csrf_token: str | None = Field(description="To send as X-CSRF-Token; null for token users.")
    patient_id: str | None
    demo: bool


class DemoAccount(ApiModel):
    """An account of the demo."""

    username: str
    password: str
    name: str
    roles: list[str]


class Options(ApiModel):
    """What the sign-in page needs to know."""

    demo: bool
    setup_needed: bool
    demo_accounts: list[DemoAccount]


class LoginIn(ApiModel):
    """Sign-in."""

    username: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)
    code: str | None = Field(None, max_length=64, description="Second factor, where the person has one.")


class SetupIn(ApiModel):
    """The first admin."""

    code: str = Field(min_length=1, max_length=64, description="The set-up code that the terminal shows.")
    username: Username
    name: PersonName
    password: Password


class PasswordIn(ApiModel):
    """A new password of one's own."""

    current: Password
    new: Password


class TokenIn(ApiModel):
    """A new personal access token."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    days: int = Field(90, ge=1, le=366)


class TokenOut(ApiModel):
    """A personal access token. ``token`` is there once: in the answer that made it."""

    id: str
    name: str
    created_at: Timestamp
    expires_at: Timestamp
    token: str | None = None


class TokenList(ApiModel):
    """One's own tokens."""

    items: list[TokenOut]
    next: str | None


class TokenPath(ApiModel):
    """The token's id."""

    token_id: Id


def blueprint(platform: Platform) -> ApiBlueprint:
    """The routes, bound to ``platform``."""
    api = ApiBlueprint("access", __name__, tag="session")
    secure = platform.settings.secure_cookies
    cookie = cookie_name(secure)
    access = platform.access

    def me_json(user: User, csrf_token: str | None) -> dict[str, Any]:
        return {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "roles": sorted(user.roles),
            "permissions": access.policy.permissions_of(user.roles),
            "csrf_token": csrf_token,
            "patient_id": user.patient_id,
            "demo": platform.settings.demo,
        }

    def signed_in(user: User, status: int = 200) -> Response:
        secret = access.sessions.start(user)
        platform.people.note_sign_in(user.id)
        response = answer(me_json(user, access.sessions.csrf_token(secret)), status)
        response.set_cookie(cookie, secret, httponly=True, samesite="Lax", secure=secure, path="/")
        mark = access.throttle.browser_mark(user.id)
        response.set_cookie(
            KNOWN_BROWSER_COOKIE, mark, httponly=True, samesite="Lax", secure=secure, path="/", max_age=_YEAR_S
        )
        return response

    @api.read("/auth/options", PUBLIC, answers={200: Options})
    def options() -> Response:
        """What the sign-in page needs to know before anybody is signed in."""
        accounts = platform.people.demo_accounts() if platform.settings.demo else []
        return answer(
            {
                "demo": platform.settings.demo,
                "setup_needed": platform.people.count() == 0 and not platform.settings.demo,
                "demo_accounts": accounts,
            }
        )

    @api.create("/setup", PUBLIC, answers={201: Me}, problems=(403, 409))
    def setup(body: SetupIn) -> Response:
        """Make the first admin. Only while there is no user, with the code that the terminal shows."""
        address = request.remote_addr or ""
        if platform.people.count():
            raise Conflict("The set-up is done already.")
        with access.throttle.attempt("setup", address, None) as attempt:
            if not is_setup_code(platform.settings, body.code):
                attempt.failed()
                raise Denied("This is not the set-up code. It is shown in the terminal that runs the platform.")
        user = platform.people.add(
            username=body.username, name=body.name, roles=["admin"], password=body.password, first=True
        )
        return signed_in(user, 201)

    @api.create("/auth/login", PUBLIC, answers={200: Me}, problems=(401,))
    def login(body: LoginIn) -> Response:
        """Sign in. The answer sets the session cookie and gives the CSRF token."""
        address = request.remote_addr or ""
        person = platform.people.by_username(body.username)
        mark = request.cookies.get(KNOWN_BROWSER_COOKIE)
        browser = access.throttle.known_browser(mark, person.id if person else None)
        with access.throttle.attempt(body.username, address, browser) as attempt:
            user = platform.people.verify(body.username, body.password)
            if user is None:
                attempt.failed()
                raise NotSignedIn("The name or the password is wrong.")
        _end_session_of(platform)
        return signed_in(user)

    @api.create("/auth/logout", ANY_SIGNED_IN, answers={204: None})
    def logout() -> Response:
        """Sign out: the session ends here and on open sockets."""
        _end_session_of(platform)
        access.announce_change(g.principal.id)
        response = no_content()
        response.delete_cookie(cookie, path="/", httponly=True, samesite="Lax", secure=secure)
        return response

    @api.read("/auth/me", ANY_SIGNED_IN, answers={200: Me})
    def me() -> Response:
        """Who is signed in, and what they may do."""
        user = platform.people.get(g.principal.id)
        assert user is not None
        return answer(me_json(user, g.principal.csrf_token))

    @api.create("/auth/password", ANY_SIGNED_IN, answers={200: Me}, problems=(409,))
    def change_password(body: PasswordIn) -> Response:
        """Change one's own password. All other sessions end."""
        address = request.remote_addr or ""
        with access.throttle.attempt(g.principal.username, address, None) as attempt:
            if platform.people.verify(g.principal.username, body.current) is None:
                attempt.failed()
                raise Denied("The current password is wrong.")
        user = platform.people.set_password(g.principal.id, body.new)
        access.announce_change(user.id)
        return signed_in(user)

    @api.read("/me/tokens", ANY_SIGNED_IN, answers={200: TokenList})
    def list_tokens() -> Response:
        """One's own personal access tokens."""
        items = [_token_json(row) for row in access.sessions.tokens_of(g.principal.id)]
        return answer({"items": items, "next": None})

    @api.create("/me/tokens", ANY_SIGNED_IN, answers={201: TokenOut}, problems=(409,))
    def make_token(body: TokenIn) -> Response:
        """Make a personal access token. It is shown in this answer and never again."""
        user = platform.people.get(g.principal.id)
        assert user is not None
        if g.principal.token_id is not None:
            raise Denied("A token cannot make tokens; sign in for that.")
        if len(access.sessions.tokens_of(user.id)) >= 50:
            raise Conflict("You have 50 tokens; revoke one first.")
        row, secret = access.sessions.make_token(user, body.name, body.days)
        return answer({**_token_json(row), "token": secret}, 201)

    @api.remove("/me/tokens/<string:token_id>", ANY_SIGNED_IN, answers={204: None}, problems=(404,))
    def revoke_token(path: TokenPath) -> Response:
        """Revoke one of one's own tokens."""
        if not access.sessions.end_token(g.principal.id, path.token_id):
            raise NotFound("You have no such token.")
        access.announce_change(g.principal.id)
        return no_content()

    return api


def _end_session_of(platform: Platform) -> None:
    if g.principal.session_id is not None:
        platform.access.sessions.end(g.principal.session_id)


def _token_json(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["_id"],
        "name": row["name"],
        "created_at": format_time(row["created_at"]),
        "expires_at": format_time(row["expires_at"]),
    }
