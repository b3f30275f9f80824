# SPDX-License-Identifier: MIT
"""The JSON Schema on files: every shipped one and our own words are right, known mistakes are not."""
import glob
import json
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print("SKIPPED: python3-jsonschema and python3-yaml are not installed:", missing)
    sys.exit(77)

tool, source = sys.argv[1:]
schema = json.loads(subprocess.run([tool, "schema"], check=True, capture_output=True).stdout)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
SERVER = "version: 1\nservers: {a: {extends: redis, %s}}"
PROFILE = "version: 1\nprofiles: {a: {server: redis, %s}}"

RIGHT = [
    SERVER % "ready: {all: [{kind: notify}, {kind: line, line: x, count: 2}]}",
    SERVER % "ready: {kind: http, path: /, status: 200-299}",
    SERVER % "settings: {b: {type: int, minimum: 1, requires: {c: {not: [1, 2]}}}}",
    SERVER % "windows: {start_timeout: 2m}, environment: {A: 1, B: {unset: true}}",
    SERVER % "stop: [{signal: TERM, wait: 5s}, {kill: true}]",
    "version: '1'\nprofiles: {a: {extends: {file: b.yaml, name: c}}}",
    PROFILE % "transport: [local, {kind: tcp, port: 80}], unknown_settings: pass",
    PROFILE % "settings: {a: 1, b: yes, c: ''}, allow_experimental: yes",
]
WRONG = [
    "servers: {}",
    "version: 2",
    "version: 1\nserver: {}",
    SERVER % "raedy: {kind: none}",
    SERVER % "ready: {kind: wait}",
    SERVER % "ready: {any: {kind: notify}}",
    SERVER % "start_timeout: 30",
    SERVER % "settings: {b: {type: integer}}",
    SERVER % "settings: {b: {type: int, platforms: [macos]}}",
    SERVER % "settings: {b: {type: int, discouraged: [1]}}",
    SERVER % "stop: [{signal: TERM, wiat: 5s}]",
    SERVER % "linux: {binaries: x}",
    SERVER % "environment: {A: {unset: false}}",
    SERVER % "files: {a: text}",
    PROFILE % "transport: [{king: tcp}]",
    PROFILE % "unknown_settings: maybe",
    PROFILE % "settings: {a: [1]}",
    PROFILE % "extends: {name: x}",
]

failed = 0
for path in sorted(glob.glob(source + "/config/*/*.yaml")):
    with open(path, encoding="utf-8") as file:
        for error in validator.iter_errors(yaml.safe_load(file)):
            failed += 1
            print(f"{path}: {list(error.path)}: {error.message}")
for text in RIGHT:
    for error in validator.iter_errors(yaml.safe_load(text)):
        failed += 1
        print(f"refused: {text}\n  {list(error.path)}: {error.message}")
for text in WRONG:
    if validator.is_valid(yaml.safe_load(text)):
        failed += 1
        print("accepted:", text)
sys.exit(failed > 0)
