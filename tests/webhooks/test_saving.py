"""Saving webhooks: what is wrong is said beside its field, secrets are shown once and noted nowhere."""

import pytest
from sqlalchemy import select, text

from rtpy.changes.merging_people.merge import merge_people
from rtpy.errors import Invalid, Refused
from rtpy.models import ConfigChange, Webhook, WebhookDelivery, WebhookState
from rtpy.webhooks.known import known_webhooks
from rtpy.webhooks.saving import (
    delete_webhook,
    plain_webhook,
    renew_secret,
    save_webhook,
    send_again,
    send_test,
)
from rtpy.webhooks.signing import secret_of

GOOD = {
    "name": "n8n",
    "url": "https://hooks.example.com/x",
    "events": "Create, ticket.replied",
    "user": "root",
}

WRONG = [
    ({"name": " "}, "name", "Give it a name"),
    ({"url": ""}, "url", "begins with https://"),
    ({"url": "http://hooks.example.com/"}, "url", "webhooks.allow"),
    ({"url": "https://10.0.0.1/"}, "url", "private"),
    ({"events": ""}, "events", "Choose"),
    ({"events": "Create, Explode"}, "events", "“Explode”"),
    ({"user": ""}, "user", "eyes"),
    ({"user": "nemo"}, "user", "nobody named “nemo”"),
    ({"user": "ann@client.example"}, "user", "is a customer"),
    ({"user": "gone"}, "user", "switched off"),
    ({"query": "Status = "}, "query", "Column"),
    ({"query": "Nonsense = 1"}, "query", "Nonsense"),
    ({"name": "Taken"}, "name", "of this name"),
]


@pytest.fixture
def no_network(config):
    """Nothing is allowed beyond the public internet."""
    object.__setattr__(config.webhooks, "allow", ())


@pytest.fixture
def save(work, no_network):
    return lambda row=None, **values: save_webhook(work, row, {**GOOD, **values})


def test_what_is_wrong_stands_beside_its_field(save, make):
    save(name="taken")
    make.customer("ann@client.example")
    make.staff("gone").principal.disabled = True
    wrong = {}
    for values, field, words in WRONG:
        try:
            save(**values)
            wrong[field] = f"{values} was taken"
        except Invalid as invalid:
            said = {problem.field: problem.message for problem in invalid.problems}
            if set(said) != {field} or words not in said[field]:
                wrong[str(values)] = said
    assert wrong == {}


def test_only_super_users_may(work_of, work, make, save, no_network):
    row = save().webhook
    delivery = send_test(work, row)
    jo = make.staff("jo")
    make.grant(jo, "ShowConfigTab", "AdminQueue", "AdminUsers", "ModifyScrips")
    hers = work_of("jo")
    for deed in (
        lambda: save_webhook(hers, None, {**GOOD, "name": "Other"}),
        lambda: save_webhook(hers, row, GOOD),
        lambda: renew_secret(hers, row),
        lambda: delete_webhook(hers, row),
        lambda: send_test(hers, row),
        lambda: send_again(hers, [delivery]),
    ):
        with pytest.raises(Refused, match="SuperUser"):
            deed()


def test_a_webhook_is_saved_changed_and_deleted(save, work, db, app):
    saved = save(query="Queue = 'General'", comments="1")
    row = saved.webhook
    assert row.events == ["ticket.created", "ticket.replied"]
    assert saved.secret == secret_of(app, row.nonce)
    assert saved.secret.startswith("whsec_")
    assert [each.id for each in known_webhooks(app, db)] == [row.id]
    again = save(row, name="n8n", events="any", comments="")
    assert (again.secret, again.webhook.id) == ("", row.id)
    save(row, disabled="1")
    assert known_webhooks(app, db) == ()
    send_test(work, row)
    delete_webhook(work, row)
    for model in (Webhook, WebhookState, WebhookDelivery):
        assert db.scalars(select(model)).all() == []
    changes = db.scalars(
        select(ConfigChange).where(ConfigChange.kind == "webhook").order_by(ConfigChange.id)
    ).all()
    assert [change.action for change in changes] == ["create", "change", "change", "delete"]


def test_A46_another_host_makes_a_new_secret(save, app):
    first = save()
    same = save(first.webhook, url="https://hooks.example.com/other?x=1")
    assert same.secret == ""
    for url in ("https://evil.example.com/x", "https://hooks2.example.com/x"):
        nonce = first.webhook.nonce
        other = save(first.webhook, url=url)
        assert other.secret
        assert other.secret == secret_of(app, other.webhook.nonce) != secret_of(app, nonce)
        assert other.webhook.old_nonce == ""


def test_A70_the_secret_is_noted_nowhere(save, work, db, app, caplog):
    saved = save()
    renewed = renew_secret(work, saved.webhook)
    db.flush()
    found = "\n".join(
        str(db.execute(text(f"SELECT * FROM {table}")).all())
        for table in ("webhooks", "webhook_states", "webhook_deliveries", "config_changes", "transactions")
    )
    for secret in (saved.secret, renewed.secret):
        core = secret.removeprefix("whsec_")
        assert core not in found
        assert core not in caplog.text
        assert core not in str(plain_webhook(work, saved.webhook))
    assert saved.webhook.secret_mark in found


def test_a_merged_person_leaves_the_eyes_to_the_kept_one(save, work, make, db):
    kept, merged = make.staff("kept"), make.staff("merged")
    row = save(user="merged").webhook
    merge_people(work, kept, merged)
    db.refresh(row)
    assert row.user_id == kept.id
