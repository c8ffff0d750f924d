#!/bin/sh
# Makes the sample videos with ffmpeg 5.1 (Debian 12); `cargo run --example make-samples` makes all other samples
# and alters those that no encoder makes as they are wanted.
#
# usage: samples/source/recipe.sh [ directory ]        default: samples/
set -eu
out=${1:-$(dirname "$0")/..}
mkdir -p "$out"

# One ffmpeg run: quiet, overwriting, and without the name of the encoder's version in the container.
encode() { ffmpeg -nostdin -v error -y "$@"; }
exact="-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact"
h264="-c:v libx264 -preset veryslow -threads 1 -pix_fmt yuv420p"

# source pictures: WIDTHxHEIGHT, RATE, SECONDS
fractal() { echo "mandelbrot=size=$1:rate=$2:start_scale=1.2:end_scale=0.2:end_pts=80,trim=duration=$3"; }
clock() { echo "testsrc2=size=$1:rate=$2:duration=$3"; }
colours() { echo "gradients=size=$1:rate=$2:duration=$3:speed=0.05:seed=7:nb_colors=4:x0=20:y0=10:x1=280:y1=170:c0=0x2b2d8e:c1=0xe84a5f:c2=0xffb347:c3=0x2a9d8f"; }
tone() { echo "sine=frequency=440:sample_rate=44100:duration=$1,aformat=channel_layouts=$2"; }

# --- taken ---------------------------------------------------------------------------------------------------------
# The platform's recommendation in everything: High profile, 1280x720, 30 frames/s, over 5000 kbps, AAC at 128 kbps.
encode -f lavfi -i "$(fractal 1280x720 30 0.6)" -f lavfi -i "$(tone 0.55 stereo),aeval=val(0)+0.02*(random(0)-0.5)|val(1)+0.02*(random(1)-0.5)" \
    $h264 -b:v 5200k -minrate 5200k -maxrate 5200k -bufsize 1000k -x264-params nal-hrd=cbr:filler=1 -c:a aac -b:a 192k $exact -movflags +faststart "$out/video.mp4"
# A phone's upright film: coded 320x180, turned by the matrix of the track header.
encode -f lavfi -i "$(colours 320x180 30 1.5)" $h264 -crf 30 $exact "$out/upright.mov"
encode -i "$out/upright.mov" -c copy $exact -metadata:s:v rotate=90 "$out/video-turned.mov"
rm "$out/upright.mov"
encode -f lavfi -i "$(clock 320x180 30 1)" $h264 -crf 36 $exact -movflags +frag_keyframe+empty_moov+default_base_moof \
    -g 15 "$out/video-fragmented.mp4"
encode -f lavfi -i "$(colours 320x180 30 1)" $h264 -crf 30 -pix_fmt yuv420p10le $exact "$out/video-10-bit.mp4"

# --- refused for their pictures ------------------------------------------------------------------------------------
encode -f lavfi -i "$(clock 320x180 30 1.5)" $h264 -crf 36 -x264-params open-gop=1:keyint=15:min-keyint=15:bframes=2:b-adapt=0:scenecut=0 \
    $exact "$out/video-open-gop.mp4"
encode -f lavfi -i "$(colours 320x180 30 1)" $h264 -crf 30 -pix_fmt yuv422p $exact "$out/video-422.mp4"
encode -f lavfi -i "$(clock 320x180 61 0.6)" $h264 -crf 38 $exact "$out/video-61-fps.mp4"
encode -f lavfi -i "$(fractal 320x180 30 1)" -c:v libx265 -preset medium -crf 34 -pix_fmt yuv420p -tag:v hvc1 \
    -x265-params log-level=error:pools=1:frame-threads=1 $exact "$out/video-hevc.mp4"
encode -f lavfi -i "$(clock 320x180 60 1)" -vf "tinterlace=interleave_top,fieldorder=tff" $h264 -crf 36 -flags +ilme+ildct \
    -x264-params tff=1 $exact "$out/video-interlaced.mp4"
encode -f lavfi -i "$(colours 256x180 30 1)" -vf setsar=4/3 $h264 -crf 30 $exact "$out/video-anamorphic.mp4"
encode -f lavfi -i "$(colours 1920x1080 30 0.6)" $h264 -crf 40 $exact "$out/video-1920x1080.mp4"
encode -f lavfi -i "$(colours 30x30 30 1)" $h264 -crf 30 $exact "$out/video-30x30.mp4"
encode -f lavfi -i "$(colours 970x320 30 0.6)" $h264 -crf 40 $exact "$out/video-wider-than-3-to-1.mp4"
encode -f lavfi -i "$(clock 320x180 30 0.4)" $h264 -crf 36 $exact "$out/video-0.4-seconds.mp4"
encode -f lavfi -i "$(colours 320x180 1 141)" -vf "select=eq(mod(n\,20)\,0),fps=1" $h264 -crf 40 -g 300 $exact "$out/video-141-seconds.mp4"

# --- refused for their sound ---------------------------------------------------------------------------------------
encode -f lavfi -i "$(colours 320x180 30 1)" -f lavfi -i "$(tone 1 5.1)" $h264 -crf 32 -c:a aac -b:a 96k $exact "$out/video-5.1-audio.mp4"
encode -f lavfi -i "$(colours 320x180 30 1)" -f lavfi -i "$(tone 1 stereo)" $h264 -crf 32 -c:a libmp3lame -b:a 48k $exact "$out/video-mp3-audio.mp4"
# LC for now; make-samples adds the sync extension that signals HE-AAC.
encode -f lavfi -i "$(colours 320x180 30 1)" -f lavfi -i "sine=frequency=440:sample_rate=22050:duration=1" \
    $h264 -crf 32 -c:a aac -b:a 32k $exact "$out/video-he-aac.mp4"
