import type { Libav, LibavFilter, LibavFrame, LibavGraph, Rational } from './libav-binding.ts'
import { AVERROR_EAGAIN, AVERROR_EOF, describeError, JobError } from './open-input.ts'

/** A filter graph that is made for the frames that come: anew whenever their size, format or colours change. */
export interface FrameGraph {
  /** Puts a frame in, which is empty afterwards, and gives what comes out. */
  push(frame: LibavFrame): Iterable<LibavFrame>
  /** Gives what the filters still hold back. */
  flush(): Iterable<LibavFrame>
  free(): void
}

/**
 * Makes the graph; `write` says its text for a frame, as ffmpeg's `-vf` takes it. What it gives is one and the same
 * frame each time, and lives until the next is taken. Its methods throw `JobError` where the text does not fit the
 * frames.
 */
export function createFrameGraph (
  libav: Libav,
  write: (frame: LibavFrame) => string,
  { timeBase, threads }: { readonly timeBase: Rational, readonly threads: number }
): FrameGraph {
  const output = new libav.Frame()
  output.alloc()
  let shape = ''
  let graph: LibavGraph | undefined
  let source: LibavFilter | undefined
  let sink: LibavFilter | undefined

  function configure (description: string): void {
    graph = new libav.FilterGraph()
    graph.alloc()
    // As ffmpeg's command line has it for the scalers that it puts in by itself.
    graph.scaleSwsOpts = 'flags=bicubic'
    graph.nbThreads = threads
    const parsed = graph.parse2(description)
    const configured = parsed < 0 ? parsed : graph.configSync()
    source = graph.getFilter('buffer@in') ?? undefined
    sink = graph.getFilter('buffersink@out') ?? undefined
    if (configured < 0 || source === undefined || sink === undefined) {
      throw new JobError('failed', `Error configuring the filters: ${configured}`)
    }
    shape = description
  }

  function * take (): Generator<LibavFrame> {
    for (;;) {
      const got = sink?.buffersinkGetFrameSync(output) ?? AVERROR_EOF
      if (got === AVERROR_EAGAIN || got === AVERROR_EOF) return
      if (got < 0) throw new JobError('failed', `Error while filtering: ${describeError(got)}`)
      yield output
      output.unref()
    }
  }

  function drop (): void {
    graph?.free()
    graph = source = sink = undefined
    shape = ''
  }

  function * flush (): Generator<LibavFrame> {
    source?.buffersrcAddFrameSync(null, 0)
    yield * take()
    drop()
  }

  return {
    * push (frame) {
      const description = `buffer@in=${describe(frame, timeBase)},${write(frame)},buffersink@out`
      if (description !== shape) {
        yield * flush()
        configure(description)
      }
      const added = source?.buffersrcAddFrameSync(frame, 0) ?? -1
      if (added < 0) throw new JobError('failed', `Error while filtering: ${added}`)
      yield * take()
    },
    flush,
    free () {
      drop()
      output.free()
    }
  }
}

function describe (
  { width, height, format, sampleAspectRatio: { num, den }, colorSpace, colorRange }: LibavFrame,
  timeBase: Rational
): string {
  return (
    `video_size=${width}x${height}:pix_fmt=${format}:time_base=${timeBase.num}/${timeBase.den}:` +
    `pixel_aspect=${den === 0 ? '0/1' : `${num}/${den}`}:colorspace=${colorSpace}:range=${colorRange}`
  )
}
