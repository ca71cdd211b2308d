import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { emptyOggPackets } from '../../support/empty-ogg-packets.ts'
import { extractFrom, extractFullWith, makeTwoDecoders, readFrameNumber } from '../../support/two-decoders.ts'
import { BARCODE, ffmpeg } from '../../support/videos.ts'

t.setTimeout(120_000)
const directory = t.testdir()
/** Every ten frames are the same, so that most packets may be empty. */
const RUN = 10
const THEORA_HEADERS = 3

await ffmpeg(
  directory,
  ...['-f', 'lavfi', '-i', 'testsrc2=s=320x192:r=25:d=3', '-c:v', 'libtheora', '-q:v', '8', '-g', '30'],
  ...['-vf', `select='not(mod(n,${RUN}))',fps=25,format=yuv420p,${BARCODE.replace('floor(N/', `floor(floor(N/${RUN})/`)}`],
  'whole.ogv'
)
const path = join(directory, 'repeats.ogv')
const isRepeat = (packet: number) => packet >= THEORA_HEADERS && (packet - THEORA_HEADERS) % RUN >= 2
await writeFile(path, emptyOggPackets(await readFile(join(directory, 'whole.ogv')), isRepeat))

for (const { name, decoder, skip } of await makeTwoDecoders()) {
  t.test(`empty packets repeat the frame before them: ${name}`, { skip }, async (t) => {
    const extract = extractFullWith(decoder)
    for (const number of [0, 1, 5, 9, 10, 15, 31, 38, 52, 60]) {
      const frame = await extractFrom(t, path, ((number + 0.5) / 25).toFixed(6), extract)
      t.equal(await readFrameNumber(frame), Math.floor(number / RUN), `frame ${number}`)
    }
    const last = await extractFrom(t, path, 'last', extract)
    t.equal(await readFrameNumber(last), 7)
  })
}
