import { turnFilters } from '../turn-filters.ts'
import {
  type BranchedPlan,
  type CutPlan,
  type DecodeBranch,
  type DecoderInput,
  describeInput,
  STREAM_DEMUXERS
} from '../decode-plan.ts'
import { PACKING_FILTERS, type Packing } from '../packet-list.ts'

/** Keeps the times of the container, because every run identifies frames by presentation time. */
const KEEP_TIMES = ['-copyts']
/** Without `-hide_banner`: the banner shows that ffmpeg itself runs, and not only its launcher. */
const QUIET = ['-nostdin', '-nostats']

/**
 * Crops frames exactly. By default, decoders round cropping on the left down to the alignment of the processor, so that
 * some of the cropped columns are shown.
 */
const EXACT_CROPPING = ['-flags', '+unaligned']

/**
 * ffmpeg 5.1 shifts the times of streams to the first track in use if the video starts at 0, in spite of `-copyts`. An
 * offset prevents that; it is far less than a tick of their clock.
 */
const KEEP_STREAM_TIMES = ['-itsoffset', '0.000001']

/**
 * Returns the input arguments of every run: files and pipes only, one demuxer, no programs, playlists or references
 * to other files.
 */
function inputArguments (input: DecoderInput): string[] {
  const { container, isProbed, decoderName, threads, maxPixels } = input
  const { url, protocols } = describeInput(input)
  return [
    '-protocol_whitelist',
    [...protocols, 'pipe'].join(','),
    '-threads',
    String(threads),
    '-max_pixels',
    String(maxPixels),
    ...EXACT_CROPPING,
    ...(isProbed ? [] : ['-nofind_stream_info']),
    ...(decoderName === undefined ? [] : ['-c:v', decoderName]),
    ...(STREAM_DEMUXERS.has(container.demuxer) ? KEEP_STREAM_TIMES : []),
    ...(input.ignoresEdits === true ? ['-ignore_editlist', '1'] : []),
    '-f',
    container.demuxer,
    '-i',
    url
  ]
}

/** Selects the requested video track, or ffmpeg's default: the largest that is enabled and not a cover picture. */
function mapTrack ({ videoTrack }: DecoderInput): string[] {
  return videoTrack === undefined ? ['-an', '-sn', '-dn'] : ['-map', `0:V:${videoTrack}`]
}

/** Options of a listing. */
export interface ListOptions {
  /** Audio tracks to list; `usable` are those with a sample rate and a sample format, without which ffmpeg fails. */
  readonly audio: 'all' | 'usable' | 'none'
  /** What to pack in place of the times that a muxer sees. */
  readonly packing?: Packing
}

/**
 * Returns the arguments to list packets without decoding: the given audio tracks and every video track that is not a
 * cover picture on descriptor 1, the chosen video track on descriptor 3, side data on stderr.
 */
export function buildListArguments (input: DecoderInput, { audio, packing }: ListOptions): string[] {
  // Packed decode times are so close to each other that a muxer would wait for a track that has ended.
  const filter = packing === undefined ? [] : ['-bsf', PACKING_FILTERS[packing], '-max_interleave_delta', '1']
  const copy = ['-c', 'copy', '-copyinkf', '-copypriorss', '1', ...filter, '-f', 'framecrc']
  return [
    ...QUIET,
    '-loglevel',
    'info',
    ...KEEP_TIMES,
    ...inputArguments(input),
    '-map',
    '0:V?',
    ...AUDIO_MAPS[audio],
    ...copy,
    'pipe:1',
    ...mapTrack(input),
    ...copy,
    'pipe:3'
  ]
}

const AUDIO_MAPS: Readonly<Record<ListOptions['audio'], readonly string[]>> = {
  all: ['-map', '0:a?'],
  usable: ['-map', '0:a:u?'],
  none: []
}

/** Returns the arguments to copy packets into a NUT file, which supports every codec and keeps all times. */
export function buildCutArguments (input: DecoderInput, { seekSeconds, packetCount }: CutPlan, path: string): string[] {
  return [
    ...QUIET,
    '-loglevel',
    'info',
    ...KEEP_TIMES,
    ...seekArguments(seekSeconds),
    ...inputArguments(input),
    ...mapTrack(input),
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

/** -noaccurate_seek: frames are selected by time afterwards, so nothing may be cut before. */
function seekArguments (seekSeconds: number | undefined): string[] {
  return seekSeconds === undefined ? [] : ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', seekSeconds.toFixed(6)]
}

/** Returns the arguments to decode frames without rotation and print their properties: the first `count`, or all. */
export function buildInspectArguments (input: DecoderInput, filterName: string, count?: number): string[] {
  return [
    ...QUIET,
    '-loglevel',
    'info',
    ...KEEP_TIMES,
    '-noautorotate',
    ...inputArguments(input),
    ...mapTrack(input),
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
 * Returns the arguments to decode the frames with the requested presentation times and write them as PAM pictures,
 * those of each branch to its own descriptor: 1, 3, 4 and so on.
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
    // ffmpeg itself would also rotate by SEI messages, and only the frames that have one.
    ...(input.matrix === undefined ? [] : ['-noautorotate']),
    ...inputArguments(input),
    ...plan.branches.flatMap((branch, place) =>
      outputArguments(input, branch, filterNames[place] ?? '', place === 0 ? 1 : place + 2)
    )
  ]
}

function outputArguments (
  input: DecoderInput,
  { pts, filters }: DecodeBranch,
  filterName: string,
  descriptor: number
): string[] {
  const wanted = pts.map((time) => `eq(pts,${time})`).join('+')
  return [
    // -noautoscale: frames keep their size if it changes within the video. ffmpeg 7.0 rejects `-autoscale 0`.
    ...mapTrack(input),
    '-frames:v',
    String(pts.length),
    '-noautoscale',
    '-vf',
    [`select='${wanted}'`, ...turnFilters(input.matrix ?? []), `showinfo@${filterName}=checksum=0`, filters].join(','),
    '-fps_mode',
    'passthrough',
    '-c:v',
    'pam',
    '-f',
    'image2pipe',
    `pipe:${descriptor}`
  ]
}
