import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isPosterframeError, type PosterframeError } from '../errors.ts'
import type { FrameSource, FrameWish, TakeContext, TakeFrame, TakenFrame } from './take-frame.ts'
import { NotPlainError } from './video-index.ts'

/** Takes what became of the wish at a place of the list. It is waited for, so that no more frames are in memory than are being worked on. */
export type Deliver = (place: number, outcome: TakenFrame | PosterframeError) => Promise<void>

/**
 * Takes several frames out of one video, with as few reads and runs of the decoder as can be. Every wish is delivered once, in any order;
 * throws instead what concerns all of them.
 */
export type TakeFrames = (source: FrameSource, wishes: readonly FrameWish[], context: TakeContext, deliver: Deliver) => Promise<void>

/** As `TakeFrames`, for those that it can take together; answers the places of the others. */
export type TakeFramesTogether = (...args: Parameters<TakeFrames>) => Promise<readonly number[]>

/** The ways to frames. */
export interface FramesWays {
  readonly together: TakeFramesTogether
  /** The fast way for one frame. */
  readonly clipWay: TakeFrame
  readonly generalWay: TakeFrames
}

/** Together what can be, alone what cannot, and by the general way, which fetches the video once, what the fast way has doubts about. */
export function createTakeFrames ({ together, clipWay, generalWay }: FramesWays): TakeFrames {
  return async (source, wishes, context, deliver) => {
    const doubtful = await takeFast(source, wishes, context, deliver)
    if (doubtful.length === 0) return
    try {
      await generalWay(source, doubtful.map((place) => wishes[place]!), context, (index, outcome) => deliver(doubtful[index]!, outcome))
    } catch (error) {
      if (doubtful.length === wishes.length) throw error
      const failure = keepForOne(error, context)
      for (const place of doubtful) await deliver(place, failure)
    }
  }

  async function takeFast (source: FrameSource, wishes: readonly FrameWish[], context: TakeContext, deliver: Deliver): Promise<number[]> {
    try {
      const doubtful: number[] = []
      for (const place of await together(source, wishes, context, deliver)) {
        const outcome = await takeAlone(source, wishes[place]!, context)
        if (outcome === undefined) doubtful.push(place)
        else await deliver(place, outcome)
      }
      return doubtful
    } catch (error) {
      if (!(error instanceof NotPlainError)) throw error
      context.note(`the general way, since ${error.message}`)
      return wishes.map((_, place) => place)
    }
  }

  async function takeAlone (source: FrameSource, wish: FrameWish, context: TakeContext): Promise<TakenFrame | PosterframeError | undefined> {
    const directory = join(context.directory, 'alone')
    await mkdir(directory)
    try {
      return await clipWay(source, wish, { ...context, directory })
    } catch (error) {
      if (!(error instanceof NotPlainError)) return keepForOne(error, context)
      context.note(`the general way, since ${error.message}`)
      return undefined
    } finally {
      await rm(directory, { recursive: true })
    }
  }
}

/** An error that is of one wish; what concerns the whole request is thrown on. */
export function keepForOne (error: unknown, { signal }: Pick<TakeContext, 'signal'>): PosterframeError {
  signal.throwIfAborted()
  if (!isPosterframeError(error) || error.code === 'source_changed') throw error
  return error
}
