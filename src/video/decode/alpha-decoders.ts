/**
 * Decoders that support a separate alpha channel, as in WebM (RFC 9559, `AlphaMode`), by codec. ffmpeg's own decoders
 * of VP8 and VP9 ignore it.
 */
export const ALPHA_DECODERS: Readonly<Record<string, string>> = { vp8: 'libvpx', vp9: 'libvpx-vp9' }
