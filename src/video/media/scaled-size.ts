import type { Fit } from '../../options/frame-options.ts'

/** A size in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** What size was asked for; see `PictureOptions`. */
export interface ResizeOptions {
  readonly width: number | undefined
  readonly height: number | undefined
  readonly fit: Fit
}

const DEFAULT_MAX_WIDTH = 1920

/**
 * The size that a whole frame is scaled to, before it is cropped or padded into what was asked for: so the decoder
 * makes no more RGB than is needed. Never larger than the frame is shown; rounded as sharp rounds.
 *
 * @param display the size in square pixels that the frame is shown at
 */
export function computeScaledSize (display: Size, request: ResizeOptions): Size {
  const shrink = planShrink(display, request)
  return {
    width: divide(display.width, Math.max(1, shrink.across)),
    height: divide(display.height, Math.max(1, shrink.down))
  }
}

/**
 * Halves go where sharp's go: it gives libvips a factor (`vips_resize`), which makes a divisor of it again
 * (`vips_reduceh`), so that 99 by 132/38 is a hair below 28.5.
 */
function divide (side: number, shrink: number): number {
  const factor = 1 / shrink
  return Math.max(1, Math.round(side / (1 / factor)))
}

/** By how much each side is divided, if enlarging were allowed. */
function planShrink (display: Size, { width, height, fit }: ResizeOptions): { across: number, down: number } {
  if (width === undefined && height === undefined) {
    return planShrink(display, { width: DEFAULT_MAX_WIDTH, height, fit: 'inside' })
  }
  const across = width === undefined ? undefined : display.width / width
  const down = height === undefined ? undefined : display.height / height
  if (fit === 'fill') return { across: across ?? 1, down: down ?? 1 }
  const choose = fit === 'cover' ? Math.min : Math.max
  const both = choose(across ?? down ?? 1, down ?? across ?? 1)
  return { across: both, down: both }
}
