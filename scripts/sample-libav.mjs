// Encodes the sample video with FFmpeg's libraries, for machines without ffmpeg: node scripts/sample-libav.mjs PATH.
// Runs in a process of its own, because a crash of native code ends the process.
import { createRequire } from 'node:module'
import { PICTURE, SOUND } from './sample-video.mjs'

const libav = createRequire(import.meta.url)(`@seydx/node-av-${process.platform}-${process.arch}`)
const EAGAIN = process.platform === 'darwin' ? -35 : -11
const END = -0x20464f45
const FASTSTART = new libav.Dictionary()
FASTSTART.alloc()
FASTSTART.set('movflags', '+faststart', 0)

const [path = ''] = process.argv.slice(2)
const output = new libav.FormatContext()
check(output.allocOutputContext2(null, 'mp4', path))
const tracks = [
  openTrack('libx264', `${PICTURE},format=yuv420p,buffersink@out`, { preset: 'veryfast', bf: '3', g: '250' }),
  openTrack('aac', `${SOUND},aformat=sample_fmts=fltp:channel_layouts=mono,asetnsamples=n=1024:p=0,abuffersink@out`, {
    b: '64000'
  })
]
check(output.openOutputSync())
check(output.writeHeaderSync(FASTSTART))
// Encodes the track that is behind, so that both are interleaved.
for (let open = tracks; open.length > 0; open = open.filter(({ isDone }) => !isDone)) {
  step(open.reduce((one, other) => (other.seconds < one.seconds ? other : one)))
}
check(output.writeTrailerSync())
output.closeOutputSync()
process.exit(0)

/**
 * Opens an encoder behind a filter graph that generates its input.
 * @param {string} encoder
 * @param {string} filters
 * @param {Record<string, string>} options
 */
function openTrack (encoder, filters, options) {
  const graph = new libav.FilterGraph()
  graph.alloc()
  graph.scaleSwsOpts = 'flags=bicubic'
  check(graph.parse2(filters))
  check(graph.configSync())
  const sink = graph.getFilter(filters.slice(filters.lastIndexOf(',') + 1))
  const codec = libav.Codec.findEncoderByName(encoder)
  const context = new libav.CodecContext()
  context.allocContext3(codec)
  context.timeBase = sink.buffersinkGetTimeBase()
  if (encoder === 'aac') {
    context.sampleRate = sink.buffersinkGetSampleRate()
    context.sampleFormat = sink.buffersinkGetFormat()
    context.channelLayout = sink.buffersinkGetChannelLayout()
  } else {
    context.width = sink.buffersinkGetWidth()
    context.height = sink.buffersinkGetHeight()
    context.pixelFormat = sink.buffersinkGetFormat()
    context.framerate = sink.buffersinkGetFrameRate()
  }
  // AV_CODEC_FLAG_GLOBAL_HEADER: MP4 stores codec headers in the movie box, not in the stream.
  context.flags = 1 << 22
  for (const [name, value] of Object.entries(options)) check(libav.Option.set(context, name, value, 1))
  check(context.open2Sync(codec, null))
  const stream = output.newStream(null)
  stream.timeBase = context.timeBase
  check(stream.codecpar.fromContext(context))
  const [frame, packet] = [new libav.Frame(), new libav.Packet()]
  frame.alloc()
  packet.alloc()
  return { graph, sink, context, stream, frame, packet, seconds: 0, isDone: false }
}

/**
 * Encodes the next frame and writes the packets that the encoder returns.
 * @param {ReturnType<typeof openTrack>} track
 */
function step (track) {
  const { sink, context, stream, frame, packet } = track
  const got = sink.buffersinkGetFrameSync(frame)
  track.isDone = got === END
  if (!track.isDone) check(got)
  // The source marks every frame as a key frame; the encoder has to choose them itself.
  if (!track.isDone) frame.pictType = 0
  check(context.sendFrameSync(track.isDone ? null : frame))
  if (!track.isDone) track.seconds = (Number(frame.pts) * context.timeBase.num) / context.timeBase.den
  frame.unref()
  for (;;) {
    const received = context.receivePacketSync(packet)
    if (received === EAGAIN || received === END) return
    check(received)
    packet.streamIndex = stream.index
    packet.rescaleTs(context.timeBase, stream.timeBase)
    check(output.interleavedWriteFrameSync(packet))
  }
}

/** @param {number} code */
function check (code) {
  if (code < 0) throw new Error(`libav returned ${code}`)
}
