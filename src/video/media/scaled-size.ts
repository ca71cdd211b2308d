import type { Fit } from '../../options/frame-options.ts'

/** A size in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** The requested size; see `PictureOptions`. */
export interface ResizeOptions {
  readonly width: number | undefined
  readonly height: number | undefined
  readonly fit: Fit
}

const DEFAULT_MAX_WIDTH = 1920

/**
 * Returns a request whose box fits into the pixels that there are: a picture that `cover`s or `fill`s its box keeps the
 * shape of the box, and is never enlarged. Other requests are returned as they are.
 *
 * @param available display size of the frame, in square pixels
 */
export function shrinkBox<Request extends ResizeOptions> (available: Size, request: Request): Request {
  const { width, height, fit } = request
  if (width === undefined || height === undefined || (fit !== 'cover' && fit !== 'fill')) return request
  const factor = Math.min(available.width / width, available.height / height)
  if (factor >= 1) return request
  const scale = (side: number) => Math.max(1, Math.round(side * factor))
  return { ...request, width: scale(width), height: scale(height) }
}

/**
 * Returns the size that a whole frame is scaled to before it is cropped or padded to the requested size, so that the
 * decoder converts no more pixels than needed. Never larger than the display size; rounded as sharp does.
 *
 * @param display display size of the frame, in square pixels
 */
export function computeScaledSize (display: Size, request: ResizeOptions): Size {
  const shrink = computeShrink(display, shrinkBox(display, request))
  return {
    width: divide(display.width, Math.max(1, shrink.across)),
    height: divide(display.height, Math.max(1, shrink.down))
  }
}

/**
 * Divides a side, rounding halves as sharp does: it passes a factor to libvips (`vips_resize`), which turns it into a
 * divisor again (`vips_reduceh`), so that 99 by 132/38 is slightly less than 28.5.
 */
function divide (side: number, shrink: number): number {
  const factor = 1 / shrink
  return Math.max(1, Math.round(side / (1 / factor)))
}

/** Returns the divisor of each side; below 1 it would enlarge. */
function computeShrink (display: Size, { width, height, fit }: ResizeOptions): { across: number, down: number } {
  if (width === undefined && height === undefined) {
    return computeShrink(display, { width: DEFAULT_MAX_WIDTH, height, fit: 'inside' })
  }
  const across = width === undefined ? undefined : display.width / width
  const down = height === undefined ? undefined : display.height / height
  if (fit === 'fill') return { across: across ?? 1, down: down ?? 1 }
  const choose = fit === 'cover' ? Math.min : Math.max
  const both = choose(across ?? down ?? 1, down ?? across ?? 1)
  return { across: both, down: both }
}
