import type { FrameInfo } from '../../src/video/decode/frame-info.ts'

/** Properties of an ordinary 1080-line frame, with changes. */
export function makeFrameInfo (changes: Partial<FrameInfo> = {}): FrameInfo {
  return {
    pts: 0,
    isKey: true,
    pixelFormat: 'yuv420p',
    width: 1920,
    height: 1080,
    pixelAspect: 1,
    rotation: 0,
    interlacing: 'progressive',
    colorRange: 'tv',
    colorSpace: 'bt709',
    colorPrimaries: 'bt709',
    colorTransfer: 'bt709',
    ...changes
  }
}
