#!/bin/sh
# Makes the recordings of this folder again: a person who says "go forward ten meters", from Debian's pocketsphinx-testdata (BSD-2).
# It needs pocketsphinx-testdata, ffmpeg, sox, gcc, libopencore-amrnb-dev and libvo-amrwbenc-dev.
set -eu
cd "$(dirname "$0")"
from=/usr/share/pocketsphinx/test/data/goforward.raw
raw="-t raw -e signed -b 16 -c 1"
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
gcc -O2 -o "$build/amr" amr.c -lopencore-amrnb -lvo-amrwbenc
sox $raw -r 16000 $from $raw -r 8000 - | "$build/amr" >go.amr
"$build/amr" wide <$from >go.amrwb
sox $raw -r 16000 $from "$build/go.wav"
quiet="ffmpeg -y -loglevel error -i $build/go.wav -map_metadata -1"
$quiet -c:a libopus -b:a 16k go.opus
$quiet -c:a libspeex go.spx
$quiet -c:a libmp3lame -b:a 24k go.mp3
$quiet -c:a aac -b:a 24k go.m4a
