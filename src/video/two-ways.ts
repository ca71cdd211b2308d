import type { TakeFrame } from './take-frame.ts'
import { NotPlainError } from './video-index.ts'

/**
 * The fast way first, and the general way, once, wherever the fast one has a doubt. What the fast way knows to be
 * forbidden, encrypted or a bomb is refused without a second try.
 */
export function createTwoWays ({ clipWay, generalWay }: { readonly clipWay: TakeFrame, readonly generalWay: TakeFrame }): TakeFrame {
  return async (source, wish, context) => {
    try {
      return await clipWay(source, wish, context)
    } catch (error) {
      if (!(error instanceof NotPlainError)) throw error
      context.note(`the general way, since ${error.message}`)
    }
    return await generalWay(source, wish, context)
  }
}
