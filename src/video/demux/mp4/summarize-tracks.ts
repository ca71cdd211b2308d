import { roundToMicros, type TrackSummary } from '../index-summary.ts'
import type { Movie } from './movie.ts'
import type { Track } from './track.ts'

/** Codec names by sample entry; other sample entries are named by their own type. */
const CODECS: Readonly<Record<string, string>> = {
  avc1: 'h264',
  avc3: 'h264',
  hvc1: 'hevc',
  hev1: 'hevc',
  dvh1: 'hevc',
  dvhe: 'hevc',
  vp08: 'vp8',
  vp09: 'vp9',
  av01: 'av1',
  mp4v: 'mpeg4',
  jpeg: 'mjpeg',
  Opus: 'opus',
  fLaC: 'flac',
  alac: 'alac',
  'ac-3': 'ac3',
  'ec-3': 'eac3',
  '.mp3': 'mp3',
  sowt: 'pcm',
  twos: 'pcm',
  lpcm: 'pcm',
  ipcm: 'pcm',
  fpcm: 'pcm'
}
/** Codecs in `mp4a`, by the object type of its `esds` (ISO/IEC 14496-1, section 7.2.6.6). */
const AUDIO_OBJECTS: Readonly<Record<number, string>> = {
  0x40: 'aac',
  0x66: 'aac',
  0x67: 'aac',
  0x68: 'aac',
  0x69: 'mp3',
  0x6b: 'mp3',
  0xa5: 'ac3',
  0xa6: 'eac3'
}
/** Offset of the first sample entry in `stsd`. */
const ENTRY_AT = 8

/** Summarizes the tracks of a movie. Members that a malformed track does not state are missing or null. */
export function summarizeTracks ({ tracks }: Movie): TrackSummary[] {
  return tracks.map((track) => {
    const stsd = track.boxes.findStart('stsd') ?? Buffer.alloc(0)
    const summary = {
      codec: nameCodec(stsd),
      duration: track.durationTicks > 0 ? roundToMicros(track.durationTicks / track.timescale) : null,
      language: track.language ?? null
    }
    if (track.handler === 'vide') return { kind: 'video', ...summary, ...readSize(stsd) }
    if (track.handler === 'soun') return { kind: 'audio', ...summary, ...readSound(stsd, track) }
    return { kind: 'other', ...summary }
  })
}

function nameCodec (stsd: Buffer): string {
  const entry = stsd.toString('latin1', ENTRY_AT + 4, ENTRY_AT + 8)
  if (entry === 'mp4a') return readAudioObject(stsd) ?? entry
  return CODECS[entry] ?? (/^[ -~]{4}$/.test(entry) ? entry.trim() : 'unknown')
}

/**
 * Reads the codec from the stream descriptor (tag 3) and the decoder descriptor in it (tag 4), without optional
 * fields, which no current file has.
 */
function readAudioObject (stsd: Buffer): string | undefined {
  const esds = stsd.indexOf('esds', 0, 'latin1')
  if (esds === -1) return undefined
  const stream = skipDescriptorHead(stsd, esds + 8, 3)
  const decoder = stream !== undefined && stsd[stream + 2] === 0 ? skipDescriptorHead(stsd, stream + 3, 4) : undefined
  return decoder === undefined ? undefined : AUDIO_OBJECTS[stsd[decoder] ?? 0]
}

/** Returns the offset of the content of a descriptor: after its tag and a length of up to four bytes. */
function skipDescriptorHead (data: Buffer, at: number, tag: number): number | undefined {
  if (data[at] !== tag) return undefined
  let end = at + 1
  while (end < at + 4 && (data[end] ?? 0) >= 0x80) end++
  return end + 1
}

/** Reads the coded size (ISO/IEC 14496-12, section 12.1.3). */
function readSize (stsd: Buffer): Pick<TrackSummary, 'width' | 'height'> {
  if (stsd.length < ENTRY_AT + 36) return {}
  return { width: stsd.readUInt16BE(ENTRY_AT + 32), height: stsd.readUInt16BE(ENTRY_AT + 34) }
}

/** Reads the audio format (section 12.2.3). A rate past 16 bits is 0 there, and the timescale of the track is used. */
function readSound (stsd: Buffer, { timescale }: Track): Pick<TrackSummary, 'sampleRate' | 'channels'> {
  if (stsd.length < ENTRY_AT + 36) return {}
  return { channels: stsd.readUInt16BE(ENTRY_AT + 24), sampleRate: stsd.readUInt16BE(ENTRY_AT + 32) || timescale }
}
