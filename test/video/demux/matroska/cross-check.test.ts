import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BufferSource, EncodedPacketSink, Input, MP4, QTFF } from 'mediabunny'
import t, { type Test } from 'tap'
import { openMp4 } from '../../../../src/video/demux/open-mp4.ts'
import { H264, ffmpeg } from '../../../support/videos.ts'
import { CountingSource } from './listed-video.ts'
import { RangedExtractionError } from '../../../../src/video/media/ranged-extraction-error.ts'

const CORPUS = fileURLToPath(new URL('../../../../../shared/media', import.meta.url))
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=160x96:r=25:d=6']
const SOUND = ['-f', 'lavfi', '-i', 'sine=d=6']
const VIDEOS: Readonly<Record<string, readonly string[]>> = {
  'moov-last.mp4': [...PICTURE, ...SOUND, ...H264],
  'moov-first.mp4': [...PICTURE, ...SOUND, ...H264, '-movflags', '+faststart'],
  'fragments.mp4': [...PICTURE, ...H264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  'fragments-sidx.mp4': [...PICTURE, ...H264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof+global_sidx'],
  'no-b-frames.mov': [...PICTURE, ...H264, '-bf', '0'],
  'open-gop.mp4': [...PICTURE, ...H264, '-x264-params', 'open-gop=1'],
  'hevc.mp4': [
    ...PICTURE,
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-tag:v',
    'hvc1',
    '-x265-params',
    'log-level=none:keyint=48:bframes=3'
  ],
  'vp9.mp4': [...PICTURE, '-c:v', 'libvpx-vp9', '-cpu-used', '8', '-g', '40'],
  'one-key-frame.mp4': [...PICTURE, '-c:v', 'libx264', '-preset', 'veryfast', '-g', '1000', '-bf', '3']
}

/** Where the two differ, and why; ffmpeg is with us in each. */
const APART: Readonly<Record<string, string>> = {
  'bomb-elst-50000.mp4': 'refused for the number of its edits',
  'bad-timescale-zero.mp4':
    'a clock that does not tick: ffmpeg takes a second for its tick, mediabunny divides by nothing',
  'bomb-elst-count.mp4': 'an edit list that counts more than it has: mediabunny reads past its end',
  'media3-iibbibb_editlist_videoonly.mp4':
    'an edit begins within a frame: ffmpeg shows that frame from its own time on, mediabunny from the time of the edit',
  'media3-sample_edit_list.mp4': 'the same',
  'media3-sample_partially_fragmented.mp4':
    'samples in the movie box and in fragments: mediabunny does not put them together',
  'media3-pixel-motion-photo-2-hevc-tracks.mp4':
    'two video tracks: ours is the larger one, that of mediabunny the first'
}

for (const [name, args] of Object.entries(VIDEOS)) {
  t.test(`mediabunny names the same packets: ${name}`, async (t) => {
    const directory = t.testdir()
    await ffmpeg(directory, ...args, name)
    t.equal(await compare(t, join(directory, name)), 6)
  })
}

t.test(
  'mediabunny names the same packets of the corpus',
  { skip: existsSync(CORPUS) ? false : 'there is no corpus beside the repository' },
  async (t) => {
    const manifest = JSON.parse(readFileSync(`${CORPUS}/manifest.json`, 'utf8')) as Array<{
      file: string
      expectation: string
    }>
    let compared = 0
    for (const { file, expectation } of manifest) {
      if (expectation === 'ok' && /\.(mp4|mov|m4v|3gp)$/i.test(file) && !(file in APART)) {
        compared += (await compare(t, join(CORPUS, file))) > 0 ? 1 : 0
      }
    }
    t.comment(`${compared} files compared`)
    t.ok(compared >= 60)
  }
)

/** Compares the runs at some moments; returns how many were carried by both. */
async function compare (t: Test, path: string): Promise<number> {
  const source = await CountingSource.open(path)
  const input = new Input({ formats: [MP4, QTFF], source: new BufferSource(readFileSync(path)) })
  let compared = 0
  try {
    const index = await openMp4(source)
    const track = await input.getPrimaryVideoTrack()
    if (track === null) return 0
    const sink = new EncodedPacketSink(track)
    const { durationMicros, timescale } = index.info
    for (const part of [0, 0.11, 0.42, 0.6, 0.83, 0.97]) {
      const run = await index
        .readPacketRange(source, Math.floor((durationMicros ?? 1e6) * part), 'exact')
        .catch(ignoreDoubt)
      if (run === undefined) continue
      let theirs = await sink.getKeyPacket((run.packets[0]!.pts + 0.5) / timescale)
      const ours = run.packets.map(({ pts, data }) => ({ pts, bytes: data.length }))
      const named = []
      while (theirs !== null && named.length < ours.length) {
        named.push({ pts: Math.round(theirs.timestamp * timescale), bytes: theirs.byteLength })
        theirs = await sink.getNextPacket(theirs)
      }
      t.same(named, ours, `${path.split('/').at(-1)} at ${part}`)
      compared++
    }
  } catch (error) {
    ignoreDoubt(error)
  } finally {
    input.dispose()
  }
  return compared
}

function ignoreDoubt (error: unknown): undefined {
  if (!(error instanceof RangedExtractionError)) throw error
}
