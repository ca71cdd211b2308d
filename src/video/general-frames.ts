import { openGeneralVideo, type GeneralWaySettings } from './general-video.ts'
import { takeOpened } from './general-way.ts'
import { keepForOne, type TakeFrames } from './take-frames.ts'

/** The general way for several frames: the video is fetched and listed once, and each frame decoded by itself. */
export function createGeneralFrames (settings: GeneralWaySettings): TakeFrames {
  return async (source, wishes, context, deliver) => {
    const video = await context.inSlot(() => openGeneralVideo(source, settings, context))
    for (const [place, wish] of wishes.entries()) {
      const outcome = await context.steps.measure('decode', () => context.inSlot(() => takeOpened(video, wish, settings, context)))
        .catch((error: unknown) => keepForOne(error, context))
      await deliver(place, outcome)
    }
  }
}
