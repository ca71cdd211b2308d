import type { FrameInfo } from '../../src/video/decode/frame-info.ts'

/** The facts of a plain frame of 1080 lines, but for some changes. */
export function makeFacts (changes: Partial<FrameInfo> = {}): FrameInfo {
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
