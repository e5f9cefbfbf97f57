#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# share_tree.sh SOURCE BUILD ARGOT_GEN STAMP
# Copies what argot reads at run time to BUILD/share/argot, in the layout that meson install gives it under
# PREFIX/share/argot: schema.yaml, argot-gen, formats/*.yaml, formats/*.stat, formats/tables/, rules/, include/argot/*.h,
# source/runtime.c, source/types.h.
set -eu
source=$1 build=$2 generator=$3 stamp=$4
share=$build/share/argot

rm -rf "$share.new"
mkdir -p "$share.new/formats" "$share.new/include/argot" "$share.new/source"
cp -p "$source/formats/schema.yaml" "$generator" "$share.new/"
for file in "$source"/formats/*.yaml; do
    name=$(basename "$file" .yaml)
    [ "$name" != schema ] || continue
    cp -p "$file" "$build/formats/$name.stat" "$share.new/formats/"
done
if [ -d "$source/formats/tables" ]; then
    cp -Rp "$source/formats/tables" "$share.new/formats/"
fi
cp -Rp "$source/rules" "$share.new/"
cp -p "$source"/runtime/include/argot/*.h "$share.new/include/argot/"
cp -p "$source/runtime/alone/types.h" "$build/runtime.c" "$share.new/source/"
rm -rf "$share"
mv "$share.new" "$share"
: >"$stamp"
