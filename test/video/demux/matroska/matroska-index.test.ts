import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BufferTarget, EncodedPacket, EncodedVideoPacketSource, MkvOutputFormat, Output } from 'mediabunny'
import t, { type Test } from 'tap'
import { splitAnnexB } from '../../../../src/video/bitstream/annex-b.ts'
import { readParameterSets } from '../../../../src/video/bitstream/h264-headers.ts'
import { iterateNalUnits } from '../../../../src/video/bitstream/nal-units.ts'
import { chooseFrame } from '../../../../src/video/extract/choose-frame.ts'
import { openMatroskaIndex } from '../../../../src/video/demux/matroska/open-matroska-index.ts'
import type { VideoIndex } from '../../../../src/video/demux/video-index.ts'
import { H264, ffmpeg } from '../../../support/videos.ts'
import {
  cluster,
  element,
  float,
  matroska,
  number,
  simpleBlock,
  text,
  videoTrack
} from '../../../support/ebml-builder.ts'
import { CountingSource, listVideo } from './listed-video.ts'
import { RangedExtractionError } from '../../../../src/video/media/ranged-extraction-error.ts'

t.setTimeout(180_000)

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=160x96:r=25:d=4']
const SOUND = ['-f', 'lavfi', '-i', 'sine=d=4']
const VP9 = ['-c:v', 'libvpx-vp9', '-cpu-used', '8', '-g', '40']
const VIDEOS: Readonly<Record<string, readonly string[]>> = {
  'h264-aac.mkv': [...PICTURE, ...SOUND, ...H264, '-c:a', 'aac'],
  'h264-cues-in-front.mkv': [...PICTURE, ...H264, '-cues_to_front', '1'],
  'h264-open-gop.mkv': [...PICTURE, ...H264, '-x264-params', 'open-gop=1'],
  'h264-video-late.mkv': ['-itsoffset', '0.5', ...PICTURE, ...SOUND, '-map', '0', '-map', '1', ...H264, '-c:a', 'aac'],
  'h264-audio-late.mkv': [
    ...PICTURE,
    '-itsoffset',
    '0.7',
    ...SOUND,
    '-map',
    '0',
    '-map',
    '1',
    ...H264,
    '-c:a',
    'libopus'
  ],
  'h264-variable-rate.mkv': [
    '-f',
    'lavfi',
    '-i',
    "testsrc2=s=160x96:r=25:d=4,select='not(mod(n,3))+lt(mod(n,7),2)'",
    '-fps_mode',
    'vfr',
    ...H264
  ],
  'hevc.mkv': [
    ...PICTURE,
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'log-level=none:keyint=48:open-gop=1:bframes=3'
  ],
  'vp8-hidden-frames.webm': [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=160x96:r=30000/1001:d=4',
    ...SOUND,
    '-c:v',
    'libvpx',
    '-g',
    '60',
    '-auto-alt-ref',
    '1',
    '-lag-in-frames',
    '16',
    '-cpu-used',
    '8',
    '-c:a',
    'libvorbis'
  ],
  'vp9-opus.webm': [...PICTURE, ...SOUND, ...VP9, '-lag-in-frames', '16', '-c:a', 'libopus'],
  'vp9-live.webm': [
    ...PICTURE,
    ...SOUND,
    ...VP9,
    '-deadline',
    'realtime',
    '-c:a',
    'libopus',
    '-f',
    'webm',
    '-live',
    '1'
  ],
  'av1.mkv': [...PICTURE, '-c:v', 'libaom-av1', '-cpu-used', '8', '-usage', 'realtime', '-g', '48']
}

for (const [name, args] of Object.entries(VIDEOS)) {
  t.test(`agrees with ffmpeg's list of packets: ${name}`, async (t) => {
    const directory = t.testdir()
    await ffmpeg(directory, ...args, name)
    await compare(t, join(directory, name), name.endsWith('.webm') ? 'webm' : 'matroska')
  })
}

t.test('says of a track what a segment needs to know', async (t) => {
  const directory = t.testdir()
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=352x288:r=25:d=1,setsar=12/11',
    ...H264,
    '-colorspace',
    'smpte170m',
    '-color_primaries',
    'smpte170m',
    '-color_trc',
    'bt709',
    '-color_range',
    'pc',
    'sar.mkv'
  )
  const { info } = await open(await CountingSource.open(join(directory, 'sar.mkv')))
  t.match(info, {
    container: 'matroska',
    codec: 'h264',
    sampleEntry: 'avc1',
    width: 352,
    height: 288,
    timescale: 1000,
    pixelAspect: { across: 12, down: 11 },
    durationMicros: 1_000_000
  })
  t.same(info.colour, { primaries: 6, transfer: 1, matrix: 6, isFullRange: true })
  t.same(info.matrix, [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000])
  t.equal(info.codecConfig[0], 1)
})

t.test('reads H.264 whose parameter sets are in its packets', async (t) => {
  const directory = t.testdir()
  await ffmpeg(directory, ...PICTURE, ...H264, '-bf', '0', 'plain.mkv')
  await ffmpeg(directory, '-i', 'plain.mkv', '-c', 'copy', '-f', 'h264', 'stream.h264')
  const plain = await CountingSource.open(join(directory, 'plain.mkv'))
  const plainIndex = await open(plain)
  const { packets } = await plainIndex.readPacketRange(plain, Number.MAX_SAFE_INTEGER, 'exact')
  const stream = readFileSync(join(directory, 'stream.h264'))
  const units = splitAnnexB(stream)
  const isSet = (unit: Buffer) => [7, 8].includes(unit.readUInt8(0) & 31)
  const toStream = (units: readonly Buffer[]) =>
    Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit]))
  const blocks = packets.map(({ data, pts, isKey }) => {
    const frame = [...iterateNalUnits(data, 4)]
    const all = isKey ? [...units.filter(isSet).slice(0, 2), ...frame] : frame
    return simpleBlock({ ticks: pts - packets[0]!.pts, isKey, data: toStream(all) })
  })
  const track = videoTrack({ codec: 'V_MPEG4/ISO/AVC', video: [number(0xb0, 160), number(0xba, 96)] })
  const source = new CountingSource(matroska(element(0x1654ae6b, track), cluster(0, ...blocks)))
  const index = await open(source)
  t.equal(index.info.sampleEntry, 'avc3')
  t.same(readParameterSets(index.info.codecConfig), readParameterSets(plainIndex.info.codecConfig))
  const read = await index.readPacketRange(source, Number.MAX_SAFE_INTEGER, 'exact')
  t.equal(read.packets.length, packets.length)
  t.same(read.packets.slice(1).map(({ data }) => data), packets.slice(1).map(({ data }) => data))
})

t.test('turns a roll by right angles into a matrix', async (t) => {
  const directory = t.testdir()
  await ffmpeg(directory, ...PICTURE, ...H264, '-bf', '0', 'upright.mkv')
  const source = await CountingSource.open(join(directory, 'upright.mkv'))
  const index = await open(source)
  const [packet] = (await index.readPacketRange(source, 0, 'exact')).packets
  const output = new Output({ format: new MkvOutputFormat(), target: new BufferTarget() })
  const track = new EncodedVideoPacketSource('avc')
  output.addVideoTrack(track, { rotation: 90, frameRate: 25 })
  await output.start()
  await track.add(new EncodedPacket(packet!.data, 'key', 0, 0.04), {
    decoderConfig: { codec: 'avc1.64000b', codedWidth: 160, codedHeight: 96, description: index.info.codecConfig }
  })
  await output.finalize()
  const turned = await open(new CountingSource(Buffer.from(output.target.buffer!)))
  t.same(turned.info.matrix, [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000])
})

t.test('leaves files that are not plain to the full download', async (t) => {
  const [scale, timestamp] = [element(0x1549a966, number(0x2ad7b1, 1_000_000)), cluster(0)]
  const file = (options?: Parameters<typeof videoTrack>[0]) =>
    matroska(scale, element(0x1654ae6b, videoTrack(options)), timestamp)
  const video = (...video: Buffer[]) => file({ video })
  t.equal((await open(new CountingSource(file()))).info.codec, 'vp8', 'plain itself')
  const projection = (roll: number) => {
    const body = Buffer.alloc(4)
    body.writeFloatBE(roll)
    return element(0x7670, element(0x7675, body))
  }
  const doubts: Record<string, Buffer> = {
    'the picture is interlaced': video(number(0x9a, 1)),
    'the picture is two for two eyes': video(number(0x53b8, 4)),
    'the picture is projected': video(projection(45)),
    'the picture has no size': video(number(0xb0, 0)),
    'the blocks are compressed in an unusual way': file({
      track: [element(0x6d80, element(0x6240, element(0x5034, number(0x4254, 2))))]
    }),
    'a track is switched off': file({ track: [number(0xb9, 0)] }),
    'no segment can carry this codec': file({ codec: 'V_MPEG4/ISO/ASP' }),
    'the decoder configuration is missing': file({ codec: 'V_MPEGH/ISO/HEVC' }),
    'a packet does not begin with a start code': file({ codec: 'V_MPEG4/ISO/AVC' }),
    'there are several video tracks': matroska(
      scale,
      element(0x1654ae6b, videoTrack(), videoTrack({ track: [number(0xd7, 2)] })),
      timestamp
    ),
    'there is no video track': matroska(scale, element(0x1654ae6b), timestamp),
    // The first element of its header begins with a zero, which no element's id does.
    'there is no EBML element where one should be': Buffer.concat([
      Buffer.from('1a45dfa3820000', 'hex'),
      file().subarray(file().indexOf(Buffer.from('18538067', 'hex')))
    ]),
    'the file is cut off, or goes on past its segment': file().subarray(0, -1),
    // Found by the fuzzer: a cluster whose time claims to be longer than the file.
    'an EBML element is larger than what holds it': matroska(
      scale,
      element(0x1654ae6b, videoTrack()),
      element(0x1f43b675, Buffer.from('e741ff0000', 'hex'))
    ),
    'the video lasts longer than can be counted': matroska(
      scale,
      element(0x1654ae6b, videoTrack()),
      timestamp,
      cluster(2 ** 50)
    ),
    'the ticks are no whole part of a second': matroska(
      element(0x1549a966, number(0x2ad7b1, 999_999)),
      element(0x1654ae6b, videoTrack()),
      timestamp
    )
  }
  for (const [reason, bytes] of Object.entries(doubts)) {
    await t.rejects(open(new CountingSource(bytes)), new RangedExtractionError(reason), reason)
  }
  const encrypted = file({ track: [element(0x6d80, element(0x6240, element(0x5035)))] })
  await t.rejects(open(new CountingSource(encrypted)), { code: 'encrypted_video' })
})

// Found by the fuzzer: a packet of it lasted for ever.
t.test('takes a sound of next to no samples a second for one of an unknown number', async (t) => {
  const sound = element(0xae, number(0xd7, 2), number(0x83, 2), text(0x86, 'A_AAC'), element(0xe1, float(0xb5, 2e-314)))
  const { info } = await open(
    new CountingSource(matroska(element(0x1654ae6b, videoTrack(), sound), cluster(0), cluster(40)))
  )
  t.equal(info.durationMicros, 80_000)
})

t.test('rejects a key frame that the index invents', async (t) => {
  const bytes = Buffer.from(matroska(element(0x1654ae6b, videoTrack()), cluster(0)))
  // The lowest bit of a VP8 frame says that it leans on others.
  bytes[bytes.length - 16]! |= 1
  const source = new CountingSource(bytes)
  const index = await open(source)
  await t.rejects(
    index.readPacketRange(source, 0, 'exact'),
    new RangedExtractionError('there is no key frame near that stands alone')
  )
})

t.test('reads little of a long file, and its index once', async (t) => {
  const directory = t.testdir()
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x192:r=25:d=40,noise=alls=30:allf=t',
    '-f',
    'lavfi',
    '-i',
    'sine=d=40',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '100',
    '-b:v',
    '2M',
    '-c:a',
    'libopus',
    'long.mkv'
  )
  const path = join(directory, 'long.mkv')
  const source = await CountingSource.open(path)
  const index = await open(source)
  t.ok(source.reads <= 5, `${source.reads} reads to open`)
  t.ok(source.bytesRead < source.size / 5, `${source.bytesRead} of ${source.size} bytes to open`)
  t.ok(index.memoryBytes < 1024 * 1024)
  const listed = await listVideo(path)
  t.equal(index.info.durationMicros, listed.durationMicros)
  source.reads = source.bytesRead = 0
  const run = await index.readPacketRange(source, 31_000_000, 'exact')
  t.equal(
    run.targetPts * 1000,
    listed.clock.toMicros(chooseFrame(listed.frames, 31_000_000, 'exact', listed.clock).pts)
  )
  t.ok(source.reads <= 4, `${source.reads} reads for a frame`)
  t.ok(source.bytesRead < 4 * 1024 * 1024, `${source.bytesRead} bytes for a frame`)

  await ffmpeg(directory, '-i', 'long.mkv', '-c', 'copy', '-f', 'matroska', '-live', '1', 'no-index.mkv')
  const live = await CountingSource.open(join(directory, 'no-index.mkv'))
  const found = await open(live)
  const listedLive = await listVideo(join(directory, 'no-index.mkv'))
  t.equal(found.info.durationMicros, listedLive.durationMicros, 'without cues and duration')
  t.ok(live.bytesRead < live.size / 4, `${live.bytesRead} of ${live.size} bytes to open it without cues`)
  live.reads = live.bytesRead = 0
  const { targetPts } = await found.readPacketRange(live, 31_000_000, 'exact')
  t.equal(
    targetPts * 1000,
    listedLive.clock.toMicros(chooseFrame(listedLive.frames, 31_000_000, 'exact', listedLive.clock).pts)
  )
  t.ok(live.bytesRead < live.size / 3, `${live.bytesRead} of ${live.size} bytes without cues`)
  t.ok(live.reads <= 20, `${live.reads} reads without cues`)
})

t.test('bounds a run', async (t) => {
  const directory = t.testdir()
  await ffmpeg(directory, ...PICTURE, ...H264, 'a.mkv')
  const source = await CountingSource.open(join(directory, 'a.mkv'))
  for (const limits of [{ maxPackets: 10 }, { maxBytes: 1000 }]) {
    const index = await openMatroskaIndex(source, 'matroska', limits)
    await t.rejects(
      index.readPacketRange(source, 800_000, 'exact'),
      new RangedExtractionError('too much leads to the frame')
    )
  }
})

t.test('hands on what the source throws', async (t) => {
  const directory = t.testdir()
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x192:r=25:d=6,noise=alls=40:allf=t',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '25',
    '-crf',
    '18',
    'a.mkv'
  )
  const source = await CountingSource.open(join(directory, 'a.mkv'))
  const index = await open(source)
  const broken = { size: source.size, read: () => Promise.reject(new Error('gone')) }
  await t.rejects(openMatroskaIndex(broken, 'matroska'), { message: 'gone' })
  await t.rejects(index.readPacketRange(broken, 3_000_000, 'exact'), { message: 'gone' })
  t.ok((await index.readPacketRange(source, 3_000_000, 'exact')).packets.length > 0, 'and the next goes well')
})

async function open (source: CountingSource): Promise<VideoIndex> {
  return await openMatroskaIndex(source, 'matroska')
}

async function compare (t: Test, path: string, container: 'matroska' | 'webm'): Promise<void> {
  const listed = await listVideo(path)
  const source = await CountingSource.open(path)
  const index = await openMatroskaIndex(source, container)
  // How long the last packet of Vorbis sounds, only Vorbis knows.
  const toleranceMicros = path.includes('vp8') ? 1000 : 0
  t.ok(
    Math.abs(index.info.durationMicros! - listed.durationMicros) <= toleranceMicros,
    `duration ${index.info.durationMicros} for ${listed.durationMicros}`
  )
  const moments = [0, 0.013, 0.21, 0.4, 0.5, 0.77, 0.96, 0.999].map((part) => Math.floor(listed.durationMicros * part))
  for (const atMicros of [...moments, Number.MAX_SAFE_INTEGER]) {
    for (const seek of ['exact', 'keyframe'] as const) {
      const wanted = chooseFrame(listed.frames, atMicros, seek, listed.clock)
      const run = await index.readPacketRange(source, atMicros, seek)
      t.same(
        [run.targetPts * 1000, run.isKey],
        [listed.clock.toMicros(wanted.pts), wanted.isKey],
        `${seek} at ${atMicros}`
      )
      t.equal(run.packets.at(-1)?.pts, run.targetPts)
      t.ok(run.packets[0]?.isKey)
    }
  }
  const keys = await index.readKeyFrames(source, 8)
  t.ok(keys.length >= 1 && keys.length <= 8)
  for (const { packets, targetPts } of keys) {
    t.ok(
      packets.length === 1 &&
        listed.frames.some((frame) => frame.isKey && listed.clock.toMicros(frame.pts) === targetPts * 1000)
    )
  }
}
