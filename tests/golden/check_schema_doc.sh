#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_schema_doc.sh SOURCE ARGOT ARGOT_GEN SCHEMA_MD
# docs/schema.md is what argot-gen makes of formats/schema.yaml.
set -eu
source=$1 made=$4
if diff -u "$source/docs/schema.md" "$made"; then
    exit 0
fi
echo "docs/schema.md is not what argot-gen makes of formats/schema.yaml; if the schema is right, copy it:"
echo "    cp $made $source/docs/schema.md"
exit 1
