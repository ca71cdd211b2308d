/**
 * What ffmpeg 5.1 to 8 says when a picture was concealed, guessed at or lost, or when a reference was missing; it ends
 * with exit code 0 all the same. The first that fits names the damage.
 */
const DAMAGE: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /error while decoding MB|concealing \d+ DC|cabac decode of qscale|(?:top|left) block unavailable|out of range intra chroma/i,
    'macroblocks were concealed'
  ],
  [
    /reference picture missing|missing reference picture|Missing reference frame|co located POCs unavailable|number of reference frames .* exceeds max|Reference \d+ >= \d+/i,
    'a reference is missing'
  ],
  [
    /Could not find ref with POC|Error constructing the (?:frame RPS|reference lists)|Zero refs in the frame RPS|Duplicate POC/i,
    'a reference is missing'
  ],
  [
    /Not all references are available|(?:Requested|Ref) (?:reference|frame).* (?:not available|unavailable)|without a prior keyframe|first frame is no keyframe/i,
    'a reference is missing'
  ],
  [
    /Invalid NAL unit size|Error splitting the input|missing picture in access unit|No start code is found|no frame!/i,
    'a packet could not be taken apart'
  ],
  [
    /non-existing [PSV]PS|[PSV]PS id out of range|[PSV]PS \d+ does not exist|decode_slice_header error|Error parsing NAL unit|slice header/i,
    'a picture header could not be read'
  ],
  [
    /cu_qp_delta|cu_chroma_qp_offset|CABAC_MAX_BIN|Invalid (?:entry|slice|tile)|entry_point_offset/i,
    'coding blocks could not be read'
  ],
  [
    /Invalid (?:frame marker|sync code|start code|compressed header|partitions)|Marker bit was set|Header size|Invalid header size/i,
    'a frame header could not be read'
  ],
  [
    /Error parsing (?:OBU data|frame header|sequence header)|Overrun in OBU|Failed to (?:read unit|parse temporal unit)|Invalid OBU|repeated frame header/i,
    'a unit of AV1 could not be read'
  ],
  [/corrupt decoded frame/, 'a frame is marked corrupt'],
  [
    /Error while decoding|Error submitting (?:a )?packet to (?:the )?decoder|Decoding error|Invalid data found when processing input/i,
    'decoding failed'
  ]
]

/**
 * What decoders say of pictures that are right: at the start of an open GOP pictures are told to forget what was before
 * it (`mmco`), and messages beside the picture are passed over. (ffmpeg must not be told to output corrupt frames:
 * those in front of such a key frame would come, each with a line that counts as damage.) `video_delay` is what an
 * unprobed clip does not say and nobody here needs.
 */
const HARMLESS =
  /mmco: unref short|libdav1d \d|\[libvpx\S* @ \w+\] v\d|Last message repeated|SEI type \d+ size \d+ truncated|Dolby Vision RPU|Unknown OBU type|video_delay is larger/i

/** A line of a decoder or of the parser in front of it, under which name ffmpeg ever runs it. */
const FROM_DECODER =
  /^\[(?:h264|hevc|vp8|vp9|av1|libdav1d|libaom-av1|libvpx(?:-vp9)?|NULL|vp9_superframe_split|av1_frame_merge) @ |\[dec:/

/**
 * Holds a line of ffmpeg's stderr, from level `warning` or `info`, against the table of damage. What a decoder says
 * that is neither in the table nor known to be harmless counts as damage too: a doubt costs time, a smeared picture
 * trust.
 *
 * @returns what is wrong, in words of our own; undefined for a line that says nothing of the kind
 */
export function findDecodeError (line: string): string | undefined {
  if (HARMLESS.test(line)) return undefined
  const [, decodeError] = DAMAGE.find(([pattern]) => pattern.test(line)) ?? []
  return decodeError ?? (FROM_DECODER.test(line) ? 'the decoder warns' : undefined)
}
