import { join } from 'node:path'
import { ffmpeg } from '../support/videos.ts'

/** Preserves the colours of the picture and writes the frame's number into the bottom eighth: see `readBarcode`. */
const COLOURED_BARCODE =
  "geq=lum='if(gte(Y,H*7/8),if(mod(floor(N/pow(2,floor(X*16/W))),2),235,16),lum(X,Y))'" +
  ":cb='if(gte(Y/SH,H*7/8),128,cb(X,Y))':cr='if(gte(Y/SH,H*7/8),128,cr(X,Y))'"

const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '12', '-bf', '3', '-crf', '12']
const VP9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '0', '-crf', '15', '-g', '12']
const PLAIN = 'testsrc2=s=160x96:r=24:d=2'

/** A generated video whose frames show their numbers. */
interface MadeVideo {
  readonly source?: string
  readonly filters?: readonly string[]
  readonly args: readonly string[]
  /** Arguments of a second run that remuxes the file of the first. */
  readonly repack?: { readonly before?: readonly string[], readonly after: readonly string[] }
  /** False if the frames do not show their numbers in the full decode. */
  readonly isNumbered?: boolean
  /** Expected mode of the service with ranged extraction; `ranged` unless given. */
  readonly mode?: 'ranged' | 'full'
}

/** Videos with every kind of timing, shape and colour that ffmpeg can generate. */
export const MADE_VIDEOS: Readonly<Record<string, MadeVideo>> = {
  'b-frames.mp4': { args: H264 },
  'variable-rate.mp4': {
    filters: ["select='not(mod(n,5))+lt(n,12)'"],
    args: [...H264, '-fps_mode', 'vfr'],
    isNumbered: false
  },
  'edited.mp4': { args: H264, repack: { before: ['-ss', '0.8'], after: [] }, isNumbered: false },
  'late.mp4': { args: H264, repack: { before: ['-itsoffset', '1.5'], after: [] } },
  'turned.mp4': { args: H264, repack: { after: ['-metadata:s:v', 'rotate=90'] }, isNumbered: false },
  'narrow-pixels.mp4': { filters: ['setsar=8/9'], args: H264 },
  'wide-pixels.mp4': { filters: ['setsar=64/45'], args: H264 },
  'untagged-hd.mp4': { source: 'testsrc2=s=1280x720:r=24:d=0.5', args: H264 },
  'full-range.mp4': {
    filters: ['scale=out_color_matrix=bt709:out_range=pc'],
    args: [...H264, '-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'pc'],
    isNumbered: false
  },
  'bt601-tagged-hd.mp4': { source: 'testsrc2=s=1280x720:r=24:d=0.5', args: [...H264, '-colorspace', 'smpte170m'] },
  'matroska.mkv': { args: H264 },
  'vp9.webm': { args: VP9 },
  // As browsers record: clusters of unknown size, without cues and duration.
  'recording.webm': { args: [...VP9, '-f', 'webm', '-live', '1'] },
  // The clock of a transport stream has 33 bits and wraps after 95,443.7 s; here 0.8 s into the video.
  'wrapped.ts': { args: [...H264, '-output_ts_offset', '95441.5'], mode: 'full' },
  'transparent.webm': {
    filters: ["format=yuva420p,geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='if(lt(X,W/3),128,255)'"],
    args: [...VP9, '-auto-alt-ref', '0'],
    isNumbered: false,
    mode: 'full'
  },
  'hlg.mp4': {
    filters: ['format=yuv420p10le'],
    args: [
      ...H264, '-colorspace', 'bt2020nc', '-color_primaries', 'bt2020',
      '-color_trc', 'arib-std-b67', '-color_range', 'tv'
    ],
    isNumbered: false
  },
  'interlaced.mp4': { filters: ['interlace'], args: [...H264, '-flags', '+ilme+ildct'], isNumbered: false },
  'fragmented.mp4': { args: [...H264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof'] }
}

/** Makes a video in a directory. */
export async function makeVideo (
  directory: string,
  name: string
): Promise<{ path: string, isNumbered: boolean, mode: string }> {
  const { source = PLAIN, filters = [], args, repack, isNumbered = true, mode = 'ranged' } = MADE_VIDEOS[name]!
  const whole = repack === undefined ? name : `whole-${name}`
  const filter = ['format=yuv420p', COLOURED_BARCODE, ...filters].join(',')
  await ffmpeg(directory, '-f', 'lavfi', '-i', source, '-vf', filter, ...args, whole)
  if (repack !== undefined) {
    await ffmpeg(directory, ...(repack.before ?? []), '-i', whole, '-c', 'copy', ...repack.after, name)
  }
  return { path: join(directory, name), isNumbered, mode }
}
