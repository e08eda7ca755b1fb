"""Tokens for programs that tests play."""

from rtpy.identity.tokens import draw_secret, hash_secret, write_token
from rtpy.models import AuthToken


def authorization_of(app, db, user, *, level="admin", queues=None):
    """The header of a program with a new token of `user`; with `level`, `queues` the token reaches less far."""
    secret = draw_secret()
    token = AuthToken(
        user_id=user.id,
        secret_hash=hash_secret(secret),
        name="test",
        level=level,
        queues=queues,
        creator_id=user.id,
        created=app.clock.now(),
        last_used=app.clock.now(),
        last_peer="127.0.0.1",
    )
    db.add(token)
    db.flush()
    return f"token {write_token(token.id, user.id, secret)}"
