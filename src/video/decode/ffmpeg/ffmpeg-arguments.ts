import type { DecoderInput, CutPlan, DecodeBranch, BranchedPlan } from '../decode-plan.ts'

/** Times stay those of the container: a frame is named by its own presentation time in every run. */
const KEEP_TIMES = ['-copyts']
const QUIET = ['-nostdin', '-hide_banner', '-nostats']

/**
 * What every run says of its input: files and pipes only, the one demuxer, no programs, playlists or references to
 * other files.
 */
function inputArguments ({ path, container, isProbed, decoderName, threads, maxPixels }: DecoderInput): string[] {
  return [
    '-protocol_whitelist',
    'file,pipe',
    '-threads',
    String(threads),
    '-max_pixels',
    String(maxPixels),
    ...(isProbed ? [] : ['-nofind_stream_info']),
    ...(decoderName === undefined ? [] : ['-c:v', decoderName]),
    '-f',
    container.demuxer,
    '-i',
    `file:${path}`
  ]
}

/** ffmpeg's own choice of the one video track: the largest that is enabled and no cover picture. */
const CHOSEN_TRACK = ['-an', '-sn', '-dn']

/**
 * Lists packets without decoding: descriptor 1 gets every video track that is no cover picture and every audio track
 * (left out on demand, since ffmpeg refuses all where one of them is damaged), descriptor 3 the chosen video track;
 * stderr what stands beside them.
 */
export function buildListArguments (input: DecoderInput, { withAudio }: { withAudio: boolean }): string[] {
  const copy = ['-c', 'copy', '-copyinkf', '-copypriorss', '1', '-f', 'framecrc']
  return [
    ...QUIET,
    '-loglevel',
    'info',
    ...KEEP_TIMES,
    ...inputArguments(input),
    '-map',
    '0:V?',
    ...(withAudio ? ['-map', '0:a?'] : []),
    ...copy,
    'pipe:1',
    ...CHOSEN_TRACK,
    ...copy,
    'pipe:3'
  ]
}

/** Writes packets into a NUT file, which takes every codec and keeps every time. */
export function buildCutArguments (input: DecoderInput, { seekSeconds, packetCount }: CutPlan, path: string): string[] {
  return [
    ...QUIET,
    '-loglevel',
    'info',
    ...KEEP_TIMES,
    ...seekArguments(seekSeconds),
    ...inputArguments(input),
    ...CHOSEN_TRACK,
    '-c',
    'copy',
    '-copypriorss',
    '1',
    '-frames:v',
    String(packetCount),
    '-f',
    'nut',
    '-y',
    `file:${path}`
  ]
}

/** -noaccurate_seek: the frame is chosen by its time afterwards, so nothing may be cut before it. */
function seekArguments (seekSeconds: number | undefined): string[] {
  return seekSeconds === undefined ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', seekSeconds.toFixed(6)]
}

/**
 * Decodes frames as they are coded, not turned, and prints what they are: the first one, or all where `count` is not
 * given.
 */
export function buildInspectArguments (input: DecoderInput, filterName: string, count?: number): string[] {
  return [
    ...QUIET,
    '-loglevel',
    'info',
    ...KEEP_TIMES,
    '-noautorotate',
    ...inputArguments(input),
    ...CHOSEN_TRACK,
    ...(count === undefined ? [] : ['-frames:v', String(count)]),
    '-vf',
    `showinfo@${filterName}=checksum=0`,
    '-fps_mode',
    'passthrough',
    '-f',
    'null',
    '-'
  ]
}

/**
 * Decodes just the frames with the wanted presentation times and writes them as PAM pictures, those of each branch to
 * a descriptor of its own: 1, 3, 4 and so on.
 *
 * @param filterNames one for each branch
 */
export function buildDecodeArguments (
  input: DecoderInput,
  plan: BranchedPlan,
  filterNames: readonly string[]
): string[] {
  return [
    ...QUIET,
    '-loglevel',
    'info',
    ...KEEP_TIMES,
    ...(plan.keyFramesOnly ? ['-skip_frame', 'nokey'] : []),
    ...seekArguments(plan.seekSeconds),
    ...inputArguments(input),
    ...plan.branches.flatMap((branch, place) =>
      outputArguments(branch, filterNames[place] ?? '', place === 0 ? 1 : place + 2)
    )
  ]
}

function outputArguments ({ pts, filters }: DecodeBranch, filterName: string, descriptor: number): string[] {
  const wanted = pts.map((time) => `eq(pts,${time})`).join('+')
  return [
    // -autoscale 0: a frame keeps its own size where that changes within the video.
    ...CHOSEN_TRACK,
    '-frames:v',
    String(pts.length),
    '-autoscale',
    '0',
    '-vf',
    `select='${wanted}',showinfo@${filterName}=checksum=0,${filters}`,
    '-fps_mode',
    'passthrough',
    '-c:v',
    'pam',
    '-f',
    'image2pipe',
    `pipe:${descriptor}`
  ]
}
