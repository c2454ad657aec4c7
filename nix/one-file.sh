# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# one-file.sh NODE POSTJECT PROGRAM SCRIPT: makes PROGRAM, a copy of the binary NODE that runs SCRIPT without executing
# any other file (https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html). POSTJECT is the folder
# of the npm package of that name.
set -eu
node=$1 postject=$2 program=$3 script=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

printf 'require("node:module").createRequire("%s")("%s");\n' "$script" "$script" >"$folder/main.js"
printf '{ "main": "%s", "output": "%s", "disableExperimentalSEAWarning": true }\n' "$folder/main.js" "$folder/blob" \
  >"$folder/sea.json"
"$node" --experimental-sea-config "$folder/sea.json"
cp "$node" "$program"
chmod u+w "$program"
"$node" -e '
  const [api, program, blob] = process.argv.slice(1);
  require(api).inject(program, "NODE_SEA_BLOB", require("node:fs").readFileSync(blob), {
    sentinelFuse: "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2",
  });
' "$postject/dist/api.js" "$program" "$folder/blob"
"$program" --version
