import datetime
import tomllib
from itertools import product

import pytest

from recognizers.finding import Finding
from scanner.errors import ConfigError
from scanner.policy import ACTIONS, PURPOSES, Decision, default_policy_text, load_policy, strongest
from scanner.scoring import LEVELS

TODAY = datetime.date(2026, 11, 21)
SENSITIVE = [
    "HEALTH", "ADDICTION", "NATIONALITY", "ETHNIC_ORIGIN", "RELIGION", "POLITICAL_OPINION", "TRADE_UNION", "SEX_LIFE",
    "DOMESTIC_VIOLENCE", "OFFENCE", "JUDGEMENT", "SOCIAL_HARDSHIP", "FINANCIAL", "PRIVATE_LIFE",
]  # fmt: skip
ENTITIES = [*SENSITIVE, "NIR", "IBAN_CODE", "CREDIT_CARD", "PHONE_NUMBER", "EMAIL_ADDRESS", "ACCESS_CODE", "PERSON"]
ALL_PURPOSES = ", ".join(sorted(PURPOSES))


def finding(entity, score=0.9):
    return Finding(entity, 0, 5, score, f"{entity}.x")


def write(folder, text):
    path = folder / "policy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def policy_from(folder, text):
    return load_policy(write(folder, text), ENTITIES, TODAY)


@pytest.fixture(scope="module")
def by_purpose(tmp_path_factory):
    """The default policy with one field for each purpose, of the same name."""
    fields = "".join(f'{purpose} = "{purpose}"\n' for purpose in PURPOSES)
    text = default_policy_text().replace("\n[fields]\n", f"\n[fields]\n{fields}")
    return policy_from(tmp_path_factory.mktemp("policy"), text)


def actions(policy, level, purpose, score=0.9):
    return {entity: policy.decide(finding(entity, score), level, purpose).action for entity in ENTITIES}


IDENTIFIER_ACTIONS = {
    "NIR": "redact", "IBAN_CODE": "redact", "CREDIT_CARD": "redact", "ACCESS_CODE": "redact",
    "PHONE_NUMBER": "keep", "EMAIL_ADDRESS": "keep", "PERSON": "keep",
}  # fmt: skip
PURPOSE_ACTIONS = {
    "general": {},
    "caretaker": {},
    "social_follow_up": {
        "SOCIAL_HARDSHIP": "keep", "FINANCIAL": "keep", "HEALTH": "warn", "DOMESTIC_VIOLENCE": "warn", "PRIVATE_LIFE": "warn",
    },
    "litigation": {"FINANCIAL": "keep", "OFFENCE": "warn", "SOCIAL_HARDSHIP": "warn"},
    "allocation": {"SOCIAL_HARDSHIP": "keep", "FINANCIAL": "keep", "HEALTH": "warn", "DOMESTIC_VIOLENCE": "warn", "NATIONALITY": "warn"},
    "technical": {},
    "accounting": {"FINANCIAL": "keep", "IBAN_CODE": "warn"},
    "call_centre": {},
}  # fmt: skip


@pytest.mark.parametrize("purpose", PURPOSES)
def test_default_policy_by_purpose(by_purpose, purpose):
    excepted = {**IDENTIFIER_ACTIONS, **PURPOSE_ACTIONS[purpose]}
    serious = "quarantine" if purpose == "caretaker" else "redact"
    assert actions(by_purpose, "medium", purpose) == {**dict.fromkeys(SENSITIVE, "redact"), **excepted}
    assert actions(by_purpose, "high", purpose) == {**dict.fromkeys(SENSITIVE, serious), **excepted}
    assert actions(by_purpose, "critical", purpose) == {**dict.fromkeys(SENSITIVE, "quarantine"), **excepted}


def test_default_policy_does_not_redact_what_is_doubtful_except_for_caretakers(by_purpose):
    assert actions(by_purpose, "low", "general", 0.5) == {**dict.fromkeys(SENSITIVE, "redact"), **IDENTIFIER_ACTIONS}
    assert actions(by_purpose, "low", "general", 0.49) == {**dict.fromkeys(SENSITIVE, "warn"), **IDENTIFIER_ACTIONS}
    assert actions(by_purpose, "low", "caretaker", 0.49) == {**dict.fromkeys(SENSITIVE, "redact"), **IDENTIFIER_ACTIONS}


def test_default_policy_gives_a_reason_for_every_decision(by_purpose):
    decided = [
        by_purpose.decide(finding(entity, score), level, purpose)
        for entity, score, level, purpose in product(ENTITIES, (0.4, 0.9), LEVELS, PURPOSES)
    ]
    assert [d for d in decided if not (d.rule and d.why.endswith("."))] == []
    assert {d.rule for d in decided} == set(range(1, len(by_purpose.rules) + 1))


def test_default_policy_is_commented_and_whole():
    default = load_policy(None, ENTITIES, TODAY)
    assert (default.purpose, default.action, default.alert_level, dict(default.fields)) == ("general", "keep", "low", {})
    assert (default.allow.active, default.allow.expired) == ((), ())
    text = default_policy_text()
    documented = {word for line in text.splitlines() if line.startswith("#") for word in line.replace(",", " ").split()}
    assert {*ACTIONS, *LEVELS, *PURPOSES} <= documented | {w.strip(".") for w in documented}
    assert len(tomllib.loads(text)["rules"]) == len(default.rules)


def test_purposes_have_french_names():
    assert dict(PURPOSES) == {
        "general": "Commentaire général",
        "caretaker": "Note ou consigne de gardien",
        "social_follow_up": "Suivi social",
        "litigation": "Précontentieux et contentieux",
        "allocation": "Demande et attribution",
        "technical": "Technique et travaux",
        "accounting": "Comptabilité et quittancement",
        "call_centre": "Centre de relation clients",
    }


def test_the_first_rule_that_fits_decides(tmp_path):
    policy = policy_from(
        tmp_path,
        """
        [defaults]
        action = "warn"
        [fields]
        "Suivi CESF" = "social_follow_up"
        [[rules]]
        entity = "HEALTH"
        purpose = ["social_follow_up", "allocation"]
        action = "keep"
        why = "Besoin."
        [[rules]]
        entity = ["HEALTH", "RELIGION"]
        min_level = "high"
        min_score = 0.8
        action = "quarantine"
        """,
    )
    decided = [
        policy.decide(finding("HEALTH"), "critical", " suivi cesf"),
        policy.decide(finding("HEALTH"), "critical", "NOTE"),
        policy.decide(finding("RELIGION", 0.8), "high", "SUIVI CESF"),
        policy.decide(finding("RELIGION", 0.79), "high", "NOTE"),
        policy.decide(finding("RELIGION"), "medium", "NOTE"),
        policy.decide(finding("OFFENCE"), "critical", "NOTE"),
    ]
    assert decided == [
        Decision("keep", 1, "Besoin."),
        Decision("quarantine", 2, ""),
        Decision("quarantine", 2, ""),
        Decision("warn", 0, ""),
        Decision("warn", 0, ""),
        Decision("warn", 0, ""),
    ]


def test_fields_without_a_purpose_take_the_default_one(tmp_path):
    policy = policy_from(tmp_path, '[defaults]\npurpose = "technical"\n[fields]\nNOTE = "caretaker"')
    assert [policy.purpose_of(field) for field in ("NOTE", "note ", "OTHER")] == ["caretaker", "caretaker", "technical"]


def test_a_policy_without_rules_keeps_everything(tmp_path):
    assert set(actions(policy_from(tmp_path, "[defaults]\n"), "critical", "NOTE").values()) == {"keep"}


@pytest.mark.parametrize("text", ["", "\n# nothing yet\n"])
def test_an_empty_file_is_no_policy(tmp_path, text):
    with pytest.raises(ConfigError, match=r"policy\.toml, line 1: holds nothing"):
        policy_from(tmp_path, text)


@pytest.mark.parametrize(
    ("alert_level", "expected"),
    [("low", [False, True, True, True, True]), ("high", [False, False, False, True, True]), ("none", [True] * 5)],
)
def test_alert_level(tmp_path, alert_level, expected):
    policy = policy_from(tmp_path, f'[defaults]\nalert_level = "{alert_level}"')
    assert [policy.alerts(level, "warn") for level in LEVELS] == expected
    assert [policy.alerts(level, "keep") for level in LEVELS] == [False] * 5


def test_strongest_action():
    assert [strongest([]), strongest(["warn", "keep"]), strongest(["redact", "quarantine", "warn"])] == ["keep", "warn", "quarantine"]


def test_the_allow_list_of_the_policy(tmp_path):
    entry = '[[allow]]\nrule = "{}"\nreason = "r"\nauthor = "a"\nexpires = {}\n'
    policy = policy_from(tmp_path, entry.format("HEALTH.x", "2026-11-21") + entry.format("HEALTH.y", "2026-11-20"))
    assert [e.rule for e in policy.allow.active] == ["HEALTH.x"]
    assert [e.rule for e in policy.allow.expired] == ["HEALTH.y"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[defaults\n", "line 1: not valid TOML: Expected ']' at the end of a table declaration"),
        ("[rule]\n", "line 1: unknown key 'rule'; did you mean 'rules'? allowed: allow, defaults, entry, fields, retention, review, rules"),
        ('[defaults]\nalert = "low"', "line 2: unknown key 'alert'; did you mean 'alert_level'? allowed: action, alert_level, purpose"),
        (
            '[defaults]\nalert_level = "hi"',
            "line 2: 'alert_level' cannot be 'hi'; did you mean 'high'? allowed: critical, high, low, medium, none",
        ),
        ('[[rules]]\nentity = "NIR"', "line 1: 'action' is missing or empty"),
        (
            '[[rules]]\naction = "keep"\n\n[[rules]]\naction = "delete"',
            "line 5: 'action' cannot be 'delete'; allowed: keep, quarantine, redact, warn",
        ),
        ('[[rules]]\naction = "keep"\nmin_score = 60', "line 3: 'min_score' must be a number from 0 to 1"),
        ('[fields]\n"NOTE" = "gardien"', f"line 2: 'NOTE' cannot be 'gardien'; allowed: {ALL_PURPOSES}"),
        (
            '[[rules]]\naction = "keep"\npurpose = "caretakers"',
            f"line 3: 'purpose' cannot be 'caretakers'; did you mean 'caretaker'? allowed: {ALL_PURPOSES}",
        ),
        (
            '[[rules]]\naction = "keep"\nentity = ["NIR", "HELTH"]',
            f"line 3: 'entity' cannot be 'HELTH'; did you mean 'HEALTH'? allowed: {', '.join(sorted(ENTITIES))}",
        ),
        ('[[allow]]\nrule = "x"', "line 1: 'reason' is missing or empty"),
    ],
)
def test_malformed_policies(tmp_path, text, reason):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_policy(path, ENTITIES, TODAY)
    assert str(caught.value) == f"{path}, {reason}"
