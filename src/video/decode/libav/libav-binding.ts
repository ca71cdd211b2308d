import { createRequire } from 'node:module'

/** The one release of the native package that this is written against; its interface is nobody's promise. */
export const LIBAV_PACKAGE = `@seydx/node-av-${process.platform}-${process.arch}`

/** A fraction, as libav has it; `den` is 0 where it is not known. */
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
  /** In ticks; not above 0 where it is not known. */
  readonly duration: bigint
  /** As the container says; 0 where it does not. */
  readonly nbFrames: bigint
  readonly metadata: LibavDictionary | null
  discard: number
}

/** AVPacket; `alloc` comes before all else. */
export interface LibavPacket {
  alloc(): void
  unref(): void
  free(): void
  readonly streamIndex: number
  readonly size: number
  readonly flags: number
  readonly duration: bigint
  pts: bigint
  dts: bigint
}

/** AVFrame; `alloc` comes before all else. */
export interface LibavFrame {
  alloc(): void
  /** Makes it another reference to what the source holds; below 0 where that fails. */
  ref(source: LibavFrame): number
  unref(): void
  free(): void
  /** The pixels, rows without padding. */
  toBuffer(): Buffer
  getSideData(type: number): Buffer | null
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
  /** Takes no options: those of a dictionary would be freed twice. `Option.set` sets them before. */
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
  /** Takes options only for an input of a single stream: it reads past their end for a second one. */
  findStreamInfoSync(options: LibavDictionary | null): number
  readFrameSync(packet: LibavPacket): number
  seekFile(streamIndex: number, least: bigint, wanted: bigint, most: bigint, flags: number): Promise<number>
  closeInputSync(): void
  readonly streams: readonly LibavStream[]
  /** Microseconds; the least number where it is not known. */
  readonly startTime: bigint
}

/** AVFilterContext. */
export interface LibavFilter {
  /** Takes what the frame holds away from it; null ends the input. */
  buffersrcAddFrameSync(frame: LibavFrame | null, flags: number): number
  buffersinkGetFrameSync(frame: LibavFrame): number
}

/** AVFilterGraph; `alloc` comes before all else. */
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
 * The native module, as far as Posterframe uses it: thin wrappers of the libav* structures and functions of the same
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
  /** Lines go to stderr in the order in which they are said, also those said here. */
  readonly Log: { setLevel(level: number): void, log(level: number, text: string): void }
  avGetCodecName(id: number): string | null
  /** How many samples a packet of so many bytes holds; 0 where it cannot be told. */
  avGetAudioFrameDuration2(parameters: LibavParameters, bytes: number): number
  avGetPixFmtName(format: number): string | null
  getFFmpegInfo(): { readonly version: string }
}

/**
 * Loads the native module into this process, which takes some 15 ms.
 *
 * @throws Error where it is not installed, or not for this machine
 */
export function loadLibav (): Libav {
  return createRequire(import.meta.url)(LIBAV_PACKAGE) as Libav
}

/**
 * Where the native module lies.
 *
 * @throws Error where it is not installed
 */
export function locateLibav (): string {
  return createRequire(import.meta.url).resolve(LIBAV_PACKAGE)
}

/** Whether the package is there; that it loads, only loading it can tell. */
export function hasLibav (): boolean {
  try {
    locateLibav()
    return true
  } catch {
    return false
  }
}
