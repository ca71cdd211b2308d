import { createRequire } from 'node:module'

/** The release of the native package that this file is written for. Its interface is not stable between releases. */
export const LIBAV_PACKAGE = `@seydx/node-av-${process.platform}-${process.arch}`

/** AVRational; `den` is 0 if unknown. */
export interface Rational {
  num: number
  den: number
}

/** AVDictionary. */
export interface LibavDictionary {
  alloc(): void
  set(key: string, value: string, flags: number): number
  getAll(): Record<string, string>
  free(): void
}

/** AVCodecParameters. */
export interface LibavParameters {
  readonly codecType: number
  readonly codecId: number
  /** Name of the codec in the container, as a number: the stream type of MPEG-TS. */
  readonly codecTag: number
  readonly width: number
  readonly height: number
  readonly videoDelay: number
  readonly sampleRate: number
  getCodedSideData(type: number): Buffer | null
}

/** AVStream. */
export interface LibavStream {
  readonly codecpar: LibavParameters
  readonly timeBase: Rational
  readonly disposition: number
  readonly eventFlags: number
  readonly ptsWrapBits: number
  readonly sampleAspectRatio: Rational
  readonly avgFrameRate: Rational
  /** Duration in ticks; not above 0 if unknown. */
  readonly duration: bigint
  /** Value of the container; 0 if it has none. */
  readonly nbFrames: bigint
  readonly metadata: LibavDictionary | null
  discard: number
}

/** AVPacket; call `alloc` first. */
export interface LibavPacket {
  alloc(): void
  unref(): void
  free(): void
  readonly streamIndex: number
  readonly size: number
  /** Offset in the file; negative if unknown. */
  readonly pos: bigint
  readonly flags: number
  readonly duration: bigint
  pts: bigint
  dts: bigint
}

/** AVFrame; call `alloc` first. */
export interface LibavFrame {
  alloc(): void
  /** Makes this frame a reference to the data of the source; negative on failure. */
  ref(source: LibavFrame): number
  unref(): void
  free(): void
  /** Pixels, in rows without padding. */
  toBuffer(): Buffer
  readonly format: number
  readonly width: number
  readonly height: number
  readonly colorSpace: number
  readonly colorRange: number
  readonly bestEffortTimestamp: bigint
  readonly duration: bigint
  flags: number
  readonly decodeErrorFlags: number
  sampleAspectRatio: Rational
  pts: bigint
}

/** AVCodec. */
export interface LibavCodec {
  readonly name: string | null
}

/** AVCodecContext. */
export interface LibavCodecContext {
  allocContext3(codec: LibavCodec): void
  parametersToContext(parameters: LibavParameters): number
  /** Opens the decoder. Takes no options, because a dictionary would be freed twice; `Option.set` sets them before. */
  open2Sync(codec: LibavCodec, options: null): number
  sendPacketSync(packet: LibavPacket | null): number
  receiveFrameSync(frame: LibavFrame): number
  freeContext(): void
  pktTimebase: Rational
  framerate: Rational
}

/** AVInputFormat. */
export interface LibavInputFormat {
  readonly flags: number
}

/** AVFormatContext of an input. */
export interface LibavInput {
  openInputSync(url: string, format: LibavInputFormat, options: LibavDictionary): number
  /**
   * Probes the streams. Takes options only for an input with a single stream; for a second one it would read out of
   * bounds.
   */
  findStreamInfoSync(options: LibavDictionary | null): number
  readFrameSync(packet: LibavPacket): number
  seekFile(streamIndex: number, least: bigint, wanted: bigint, most: bigint, flags: number): Promise<number>
  closeInputSync(): void
  readonly streams: readonly LibavStream[]
  /** In microseconds; the smallest number if unknown. */
  readonly startTime: bigint
}

/** AVFilterContext. */
export interface LibavFilter {
  /** Takes over the data of the frame; null ends the input. */
  buffersrcAddFrameSync(frame: LibavFrame | null, flags: number): number
  buffersinkGetFrameSync(frame: LibavFrame): number
}

/** AVFilterGraph; call `alloc` first. */
export interface LibavGraph {
  alloc(): void
  parse2(text: string): number
  configSync(): number
  getFilter(name: string): LibavFilter | null
  free(): void
  scaleSwsOpts: string
  nbThreads: number
}

/**
 * The part of the native module that Posterframe uses: thin wrappers of libav structures and functions of the same
 * names.
 */
export interface Libav {
  readonly Dictionary: new () => LibavDictionary
  readonly FormatContext: new () => LibavInput
  readonly InputFormat: { findInputFormat(name: string): LibavInputFormat | null }
  readonly Codec: { findDecoder(id: number): LibavCodec | null, findDecoderByName(name: string): LibavCodec | null }
  readonly CodecContext: new () => LibavCodecContext
  readonly Option: { set(target: LibavCodecContext, name: string, value: string, flags: number): number }
  readonly Packet: new () => LibavPacket
  readonly Frame: new () => LibavFrame
  readonly FilterGraph: new () => LibavGraph
  readonly Filter: { getByName(name: string): object | null }
  /** Writes log lines to stderr in order, including those of this process. */
  readonly Log: { setLevel(level: number): void, log(level: number, text: string): void }
  avGetCodecName(id: number): string | null
  /** Returns the number of samples in a packet of a given size; 0 if unknown. */
  avGetAudioFrameDuration2(parameters: LibavParameters, bytes: number): number
  avGetPixFmtName(format: number): string | null
  getFFmpegInfo(): { readonly version: string }
}

/**
 * Loads the native module into this process, which takes some 15 ms.
 *
 * @throws Error if it is not installed or not built for this machine
 */
export function loadLibav (): Libav {
  return createRequire(import.meta.url)(LIBAV_PACKAGE) as Libav
}

/**
 * Returns the path of the native module.
 *
 * @throws Error if it is not installed
 */
export function locateLibav (): string {
  return createRequire(import.meta.url).resolve(LIBAV_PACKAGE)
}

/** Returns whether the package is installed. Only loading it shows whether it loads. */
export function hasLibav (): boolean {
  try {
    locateLibav()
    return true
  } catch {
    return false
  }
}
