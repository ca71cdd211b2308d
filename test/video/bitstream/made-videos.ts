import { join } from 'node:path'
import { ffmpeg } from '../../support/videos.ts'

const x264 = (params: string, ...more: string[]) => [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-g',
  '30',
  '-x264-params',
  params,
  ...more
]
const x265 = (params: string) => [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-x265-params',
  `log-level=error:pools=2:keyint=30:b-adapt=0:${params}`
]

/** Encoder options, by a file name that describes them. */
export const MADE_VIDEOS = {
  'avc-default.mp4': x264('bframes=3'),
  'avc-pyramid-normal.mp4': x264('bframes=5:b-pyramid=normal:b-adapt=0'),
  'avc-pyramid-strict.mp4': x264('bframes=5:b-pyramid=strict:b-adapt=0'),
  'avc-pyramid-none.mp4': x264('bframes=5:b-pyramid=none:b-adapt=0'),
  'avc-open-gop.mp4': x264('bframes=3:open-gop=1:b-adapt=0'),
  'avc-weighted.mp4': x264('bframes=3:weightp=2:weightb=1:ref=4'),
  'avc-intra-refresh.mp4': x264('intra-refresh=1:bframes=2'),
  'avc-interlaced.mp4': x264('bframes=3:tff=1', '-flags', '+ilme+ildct'),
  'avc-slices.mp4': x264('slices=4:bframes=2'),
  'hevc-default.mp4': x265('bframes=4'),
  'hevc-pyramid-none.mp4': x265('bframes=4:b-pyramid=0'),
  'hevc-open-gop.mp4': x265('bframes=4:open-gop=1'),
  'hevc-radl.mp4': x265('bframes=4:open-gop=0:radl=2'),
  'hevc-layers.mp4': x265('bframes=4:temporal-layers=1'),
  'vp8.webm': [
    '-c:v',
    'libvpx',
    '-auto-alt-ref',
    '1',
    '-lag-in-frames',
    '16',
    '-g',
    '30',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8'
  ],
  'vp9.mp4': ['-c:v', 'libvpx-vp9', '-g', '30', '-lag-in-frames', '16', '-deadline', 'realtime', '-cpu-used', '8'],
  'av1.mp4': ['-c:v', 'libsvtav1', '-preset', '12', '-g', '30']
} as const

export type MadeVideo = keyof typeof MADE_VIDEOS

/** Encodes a video: 2 seconds of a picture that rotates and flickers. Returns its path. */
export async function makeVideo (directory: string, name: MadeVideo): Promise<string> {
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=192x128:r=30:d=2',
    '-vf',
    'format=yuv420p,noise=alls=12:allf=t,rotate=t*0.6',
    ...MADE_VIDEOS[name],
    name
  )
  return join(directory, name)
}
