import type { Container } from './container.ts'

/** A file on scratch that ffmpeg may open, and how. */
export interface FfmpegInput {
  readonly path: string
  readonly container: Pick<Container, 'demuxer'>
  /** Whether ffmpeg first decodes some frames to learn what the container leaves unsaid; a clip of ours leaves nothing. */
  readonly isProbed: boolean
  /** Which decoder is to be taken; undefined: ffmpeg's first for the codec. */
  readonly decoder?: string
  /** Threads for decoding; the share of the machine that one slot has. */
  readonly threads: number
  /** Largest coded picture, in pixels; ffmpeg refuses a larger one before it allocates for it. */
  readonly maxPixels: number
  /** Size of the file, which bounds what listing it may cost. */
  readonly bytes: number
  /** The only packets of the chosen track that there are for a decoder which can read them in place; a program never meets it. */
  readonly run?: CutPlan
}

/** Times stay those of the container: a frame is named by its own presentation time in every run. */
const KEEP_TIMES = ['-copyts']
const QUIET = ['-nostdin', '-hide_banner', '-nostats']

/**
 * What every run says of its input: files and pipes only, the one demuxer, no programs, playlists or references to
 * other files.
 */
function inputArguments ({ path, container, isProbed, decoder, threads, maxPixels }: FfmpegInput): string[] {
  return [
    '-protocol_whitelist', 'file,pipe',
    '-threads', String(threads),
    '-max_pixels', String(maxPixels),
    ...(isProbed ? [] : ['-nofind_stream_info']),
    ...(decoder === undefined ? [] : ['-c:v', decoder]),
    '-f', container.demuxer,
    '-i', `file:${path}`
  ]
}

/** ffmpeg's own choice of the one video track: the largest that is enabled and no cover picture. */
const CHOSEN_TRACK = ['-an', '-sn', '-dn']

/**
 * Lists packets without decoding: descriptor 1 gets every video track that is no cover picture and every audio track
 * (left out on demand, since ffmpeg refuses all where one of them is damaged), descriptor 3 the chosen video track; stderr
 * what stands beside them.
 */
export function planListArguments (input: FfmpegInput, { withAudio }: { withAudio: boolean }): string[] {
  const copy = ['-c', 'copy', '-copyinkf', '-copypriorss', '1', '-f', 'framecrc']
  return [
    ...QUIET, '-loglevel', 'info', ...KEEP_TIMES, ...inputArguments(input),
    '-map', '0:V?', ...(withAudio ? ['-map', '0:a?'] : []), ...copy, 'pipe:1',
    ...CHOSEN_TRACK, ...copy, 'pipe:3'
  ]
}

/** Which packets of the chosen track to take: from the first key frame that seeking finds. */
export interface CutPlan {
  /** Where to seek on the container's clock; undefined: the beginning. */
  readonly seekSeconds: number | undefined
  readonly packetCount: number
}

/** Writes packets into a NUT file, which takes every codec and keeps every time. */
export function planCutArguments (input: FfmpegInput, { seekSeconds, packetCount }: CutPlan, path: string): string[] {
  return [
    ...QUIET, '-loglevel', 'info', ...KEEP_TIMES, ...planSeeking(seekSeconds), ...inputArguments(input),
    ...CHOSEN_TRACK, '-c', 'copy', '-copypriorss', '1', '-frames:v', String(packetCount), '-f', 'nut', '-y', `file:${path}`
  ]
}

/** -noaccurate_seek: the frame is chosen by its time afterwards, so nothing may be cut before it. */
function planSeeking (seekSeconds: number | undefined): string[] {
  return seekSeconds === undefined ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', seekSeconds.toFixed(6)]
}

/** Decodes frames as they are coded, not turned, and prints what they are: the first one, or all where `count` is not given. */
export function planInspectArguments (input: FfmpegInput, filterName: string, count?: number): string[] {
  return [
    ...QUIET, '-loglevel', 'info', ...KEEP_TIMES, '-noautorotate', ...inputArguments(input),
    ...CHOSEN_TRACK, ...(count === undefined ? [] : ['-frames:v', String(count)]),
    '-vf', `showinfo@${filterName}=checksum=0`, '-fps_mode', 'passthrough', '-f', 'null', '-'
  ]
}

/** Some of the frames that are decoded, and what to make of them. */
export interface DecodeBranch {
  /** Presentation times of the wanted frames, in ticks of the track. */
  readonly pts: readonly number[]
  /** Filters after the choice of the frame. */
  readonly filters: string
}

/** Where to decode. */
export interface DecodeExtent {
  /** Where to begin on the container's clock; undefined: at the beginning. */
  readonly seekSeconds: number | undefined
  readonly keyFramesOnly: boolean
}

/** Which frames to decode, and what to make of them. */
export interface DecodePlan extends DecodeBranch, DecodeExtent {}

/** Which frames to decode, and the different things to make of them: the decoding is done once. */
export interface BranchedPlan extends DecodeExtent {
  readonly branches: readonly DecodeBranch[]
}

/**
 * Decodes just the frames with the wanted presentation times and writes them as PAM pictures, those of each branch to a descriptor of its
 * own: 1, 3, 4 and so on.
 *
 * @param filterNames one for each branch
 */
export function planDecodeArguments (input: FfmpegInput, plan: BranchedPlan, filterNames: readonly string[]): string[] {
  return [
    ...QUIET, '-loglevel', 'info', ...KEEP_TIMES,
    ...(plan.keyFramesOnly ? ['-skip_frame', 'nokey'] : []),
    ...planSeeking(plan.seekSeconds),
    ...inputArguments(input),
    ...plan.branches.flatMap((branch, place) => planOutput(branch, filterNames[place] ?? '', place === 0 ? 1 : place + 2))
  ]
}

function planOutput ({ pts, filters }: DecodeBranch, filterName: string, descriptor: number): string[] {
  const wanted = pts.map((time) => `eq(pts,${time})`).join('+')
  return [
    // -autoscale 0: a frame keeps its own size where that changes within the video.
    ...CHOSEN_TRACK, '-frames:v', String(pts.length), '-autoscale', '0',
    '-vf', `select='${wanted}',showinfo@${filterName}=checksum=0,${filters}`,
    '-fps_mode', 'passthrough', '-c:v', 'pam', '-f', 'image2pipe', `pipe:${descriptor}`
  ]
}
