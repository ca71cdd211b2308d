import type { Libav, LibavFilter, LibavFrame, LibavGraph, Rational } from './libav-binding.ts'
import { AVERROR_EAGAIN, AVERROR_EOF, describeError, JobError } from './open-input.ts'

/** A filter graph that is rebuilt whenever the size, format or colours of its frames change. */
export interface FrameGraph {
  /** Feeds a frame, which is empty afterwards, and yields the output frames. */
  push(frame: LibavFrame): Iterable<LibavFrame>
  /** Yields the frames that the filters still buffer. */
  flush(): Iterable<LibavFrame>
  free(): void
}

/**
 * Returns a graph; `write` returns its description for a frame, in the syntax of ffmpeg's `-vf`. Output frames are
 * the same object each time, valid until the next one. The methods throw `JobError` if the description does not fit
 * the frames.
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
    // The flags of ffmpeg's command line for scalers that it inserts itself.
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
