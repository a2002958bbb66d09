"""The samples of deployment: what they start exists, what they watch is measured, and they give away no more than they say."""

from __future__ import annotations

import itertools
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest
import typer.main
import yaml

from scanner.cli import app
from scanner.databases import Join, ReadSettings, TableRequest
from scanner.databases.errors import ReadingStoppedError
from scanner.databases.job_file import Job, load_job
from scanner.operations.metrics import Ending, run_metrics
from scanner.statistics import Statistics

DEPLOY = Path(__file__).parent.parent / "samples" / "deploy"
FILES = {path.name: path.read_text(encoding="utf-8") for path in DEPLOY.iterdir()}
COMMAND = re.compile(r"(?:^|[\s/])(vigie (?:[a-z]+ )+[^\n&>`]*)")
CRONJOB, NETWORK = yaml.safe_load_all(FILES["cronjob.yaml"])
POD = CRONJOB["spec"]["jobTemplate"]["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
SCAN = "vigie scan /etc/vigie/night.toml --out /var/lib/vigie/out"
CREDENTIALS = "/run/credentials/vigie.service"


def unit(name):
    """Return the settings of a systemd unit: each with its values in order."""
    settings: dict[str, list[str]] = {}
    for line in FILES[name].splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            settings.setdefault(key, []).append(value)
    return settings


SERVICE = unit("vigie.service")


def parsed(command):
    """Return what the command line makes of ``command``, options left out included; it exits where it refuses."""
    group = typer.main.get_command(app)
    context = group.make_context("vigie", shlex.split(command)[1:])
    name, found, rest = group.resolve_command(context, [*context._protected_args, *context.args])
    return found.make_context(name, rest, parent=context).params


def test_the_commands_are_those_of_vigie():
    commands = {name: [match.strip() for match in found] for name, text in FILES.items() if (found := COMMAND.findall(text))}
    assert commands == {
        "vigie.service": [f"{SCAN} --metrics /var/lib/prometheus/node-exporter/vigie-night.prom --log-format json"],
        "cronjob.yaml": [f"{SCAN} --log-format json"],
        "Dockerfile": [SCAN, 'vigie check "Fuite réparée"'],
        "vigie-serve.service": [
            "vigie serve --port 8080 --state /var/lib/vigie/state.sqlite --policy /etc/vigie/policy.toml --origin https://ikos.example"
            " --name vigie.example --name localhost --proxy 127.0.0.1 --log-format json"
        ],
    }
    for command in itertools.chain(*commands.values()):
        assert parsed(command)


def test_the_service_reads_what_it_is_given_and_writes_two_folders():
    kept = (
        "Type", "User", "UMask", "StateDirectory", "StateDirectoryMode", "LoadCredential", "Environment", "SuccessExitStatus", "Restart",
        "NoNewPrivileges", "ProtectSystem", "ReadWritePaths", "ProtectHome", "CapabilityBoundingSet", "RestrictAddressFamilies",
        "IPAddressDeny", "MemoryMax", "MemorySwapMax", "LimitCORE", "TimeoutStartSec", "TimeoutStopSec",
    )  # fmt: skip
    assert {name: SERVICE.get(name) for name in kept} == {
        "Type": ["oneshot"],
        "User": ["vigie"],
        "UMask": ["0077"],
        "StateDirectory": ["vigie"],
        "StateDirectoryMode": ["0700"],
        "LoadCredential": ["vigie.key:/etc/vigie/vigie.key", "database_password:/etc/vigie/database_password"],
        "Environment": ["VIGIE_KEY_FILE=%d/vigie.key"],
        "SuccessExitStatus": ["1"],
        "Restart": ["on-abort"],
        "NoNewPrivileges": ["yes"],
        "ProtectSystem": ["strict"],
        "ReadWritePaths": ["/var/lib/prometheus/node-exporter"],
        "ProtectHome": ["yes"],
        "CapabilityBoundingSet": [""],
        "RestrictAddressFamilies": ["AF_UNIX AF_INET AF_INET6"],
        "IPAddressDeny": ["any"],
        "MemoryMax": ["2G"],
        "MemorySwapMax": ["0"],
        "LimitCORE": ["0"],
        "TimeoutStartSec": ["5h"],
        "TimeoutStopSec": ["2min"],
    }
    assert Path(parsed(COMMAND.findall(FILES["vigie.service"])[0])["metrics"]).parent == Path(*SERVICE["ReadWritePaths"])


def test_the_service_of_screens_has_no_more_rights_and_comes_back():
    serve = unit("vigie-serve.service")
    own = ("Type", "LoadCredential", "Restart", "TimeoutStopSec", "IPAddressAllow", "WantedBy")
    assert {name: serve.get(name) for name in own} == {
        "Type": ["exec"],
        "LoadCredential": ["vigie.key:/etc/vigie/vigie.key"],
        "Restart": ["always"],
        "TimeoutStopSec": ["15"],
        "IPAddressAllow": ["localhost"],
        "WantedBy": ["multi-user.target"],
    }
    only_scans = ("ReadWritePaths", "Nice", "IOSchedulingClass", "StandardOutput", "SuccessExitStatus", "TimeoutStartSec")
    common = SERVICE.keys() - {*only_scans, *own, "Description", "ExecStart", "RestartSec"}
    assert {name: serve.get(name) for name in common} == {name: SERVICE[name] for name in common}


def test_the_proxy_says_who_calls_and_logs_no_query():
    settings = dict(line.strip().rstrip(";").split(None, 1) for line in FILES["nginx.conf"].splitlines() if line.strip().endswith(";"))
    assert settings["server"] == f"127.0.0.1:{parsed(COMMAND.findall(FILES['vigie-serve.service'])[0])['port']}"
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in FILES["nginx.conf"]
    assert settings["log_format"] == "vigie '$time_iso8601 $request_method $uri $status $request_time'"
    assert settings["access_log"].endswith(" vigie")


def test_the_timer_starts_it_every_night():
    assert unit("vigie.timer") == {
        "Description": ["Vigie, every night"],
        "OnCalendar": ["*-*-* 01:00:00 Europe/Paris"],
        "RandomizedDelaySec": ["5min"],
        "Persistent": ["true"],
        "WantedBy": ["timers.target"],
    }


def test_the_pod_has_no_more_rights_than_it_needs():
    assert {key: POD[key] for key in ("restartPolicy", "automountServiceAccountToken")} == {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
    }
    assert POD["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert (CRONJOB["spec"]["concurrencyPolicy"], CRONJOB["spec"]["jobTemplate"]["spec"]["backoffLimit"]) == ("Forbid", 2)
    assert CONTAINER["resources"] == {"requests": {"cpu": "1", "memory": "512Mi"}, "limits": {"memory": "2Gi"}}
    assert (NETWORK["kind"], NETWORK["spec"]["policyTypes"]) == ("NetworkPolicy", ["Ingress", "Egress"])
    assert NETWORK["spec"]["podSelector"]["matchLabels"] == CRONJOB["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]


def test_secrets_reach_the_pod_as_files_where_the_job_file_expects_them():
    mounts = {mount["name"]: (mount["mountPath"], mount.get("readOnly", False)) for mount in CONTAINER["volumeMounts"]}
    assert mounts == {
        "state": ("/var/lib/vigie", False),
        "configuration": ("/etc/vigie", True),
        "secrets": (CREDENTIALS, True),
        "temporary": ("/tmp", False),
    }
    assert CONTAINER["env"] == [{"name": "VIGIE_KEY_FILE", "value": f"{CREDENTIALS}/vigie.key"}]
    assert f'"{CREDENTIALS}/database_password"' in FILES["night.toml"]
    assert "password" not in FILES["cronjob.yaml"].replace("--from-file=database_password", "")


def shell(tmp_path, vigie):
    """Start the pod's command with a stand-in for vigie."""
    stand_in = tmp_path / "vigie"
    stand_in.write_text(f"#!/bin/sh\n{vigie}\n", encoding="utf-8")
    stand_in.chmod(0o755)
    return subprocess.Popen([*CONTAINER["command"], *CONTAINER["args"]], env={"PATH": f"{tmp_path}:/usr/bin:/bin"})


@pytest.mark.parametrize(("code", "seen"), [(0, 0), (1, 0), (2, 2), (3, 3), (137, 137)])
def test_findings_are_no_failure_of_the_pod_and_everything_else_is(tmp_path, code, seen):
    assert shell(tmp_path, f"exit {code}").wait(10) == seen


def test_the_scan_hears_that_the_pod_is_stopped(tmp_path):
    process = shell(tmp_path, f"trap 'exit 3' TERM; touch {tmp_path}/started; while :; do sleep 0.02; done")
    while not (tmp_path / "started").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 3


def test_the_pod_is_given_up_where_trying_again_is_of_no_use():
    rules = CRONJOB["spec"]["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert rules == [
        {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]},
        {"action": "FailJob", "onExitCodes": {"containerName": CONTAINER["name"], "operator": "In", "values": [2, 3]}},
    ]


def test_the_image_takes_locked_versions_and_runs_as_nobody_in_particular():
    lines = FILES["Dockerfile"].splitlines()
    assert [line for line in lines if line.startswith(("FROM", "USER", "ENTRYPOINT"))] == [
        "FROM python:3.11-slim-bookworm AS build",
        "FROM python:3.11-slim-bookworm",
        "USER 10001:10001",
        'ENTRYPOINT ["vigie"]',
    ]
    assert "--constraint requirements.lock '.[postgresql]'" in FILES["Dockerfile"]
    sent = [line.removeprefix("!") for line in FILES["Dockerfile.dockerignore"].splitlines() if line.startswith("!")]
    assert [name for name in sent if not (DEPLOY.parent.parent / name).exists()] == []


def test_alerts_are_about_metrics_that_exist():
    summary = {
        **Statistics().as_dict(),
        "sources": [],
        "comparison": {"new": 0, "gone": 0, "unchanged": 0},
        "quarantine": {"pending": 0},
    }
    metrics = list(run_metrics("night", Ending("failed", 1, 0, ReadingStoppedError.__name__), summary))
    samples = [sample for family in metrics for sample in family.samples]
    rules = [rule for group in yaml.safe_load(FILES["alerts.yml"])["groups"] for rule in group["rules"]]
    expressions = " ".join(rule["expr"] for rule in rules)
    assert set(re.findall(r"vigie_\w+", expressions)) - {sample.name for sample in samples} == set()
    chosen = set(re.findall(r'(vigie_\w+)\{(\w+)!?="(\w+)"\}', expressions))
    assert chosen - {(sample.name, *item) for sample in samples for item in sample.labels.items()} == set()
    assert {name for name, *_ in chosen} == {
        "vigie_run_failure_info",
        "vigie_run_status",
        "vigie_rows",
        "vigie_records",
        "vigie_findings_compared",
    }
    assert [set(rule["annotations"]) for rule in rules] == [{"summary", "action"}] * len(rules)
    named = set(re.findall(r"\$labels\.(\w+)", FILES["alerts.yml"]))
    assert named == {"scan_job", "error"}


def test_the_job_file_is_read(tmp_path):
    (tmp_path / "database_password").write_text("secret\n", encoding="utf-8")
    path = tmp_path / "night.toml"
    path.write_text(FILES["night.toml"].replace(CREDENTIALS, str(tmp_path)), encoding="utf-8")
    assert load_job(path, {}) == Job(
        name="night",
        url="postgresql://vigie@replica.example:5432/ikos",
        password="secret",
        state="/var/lib/vigie/state.sqlite",
        out=None,
        policy=tmp_path / "policy.toml",
        settings=ReadSettings(statement_timeout=60, max_rows_per_second=20_000, max_replica_lag=60, lag_patience=900, retry_patience=300),
        tables=(
            TableRequest(
                "public.commentaires",
                id_column="num_commentaire",
                text_columns=("texte",),
                tenant_column="num_locataire",
                author_group_column="service",
                date_column="date_saisie",
                purposes={"texte": "caretaker"},
                joins=(Join("public.sites", {"code_site": "code"}, {"site": "libelle"}),),
            ),
            TableRequest("public.suivi_social", id_column="id", text_columns=("note",), purposes={"note": "social_follow_up"}),
        ),
    )
