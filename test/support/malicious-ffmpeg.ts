// A replacement for ffmpeg that behaves as if a malicious file had taken it over. It responds to the checks at start
// like ffmpeg. Given a video, it tries to access everything outside its sandbox and writes each success to standard
// error as a line.
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The targets of the attempts, all created by the test. */
export interface Targets {
  /** A value in the environment of the service and in no file. */
  readonly secret: string
  /** A credentials file that the user of the service may read. */
  readonly credentialsPath: string
  /** A directory with the files of other requests. */
  readonly scratchDirectory: string
  /** A directory that the user of the service may write to. */
  readonly outsideDirectory: string
  /** Port of a server on loopback. */
  readonly canaryPort: number
}

/** The attempts, by the word that reports a success. */
export const ATTEMPTS = [
  'environment',
  'memory',
  'credentials',
  'scratch',
  'write',
  'loopback',
  'metadata',
  'signal'
] as const

/** What the program writes before its attempts, so that it is taken for an ffmpeg that ran. */
export const OWN_LINES = ['ffmpeg version malicious', 'the video is malicious']

/** Writes the program to a directory. It delegates requests for versions and filters to `ffmpegPath`. */
export async function writeMaliciousFfmpeg (directory: string, ffmpegPath: string, targets: Targets): Promise<string> {
  const path = join(directory, 'malicious-ffmpeg')
  await writeFile(path, script(ffmpegPath, targets))
  await chmod(path, 0o755)
  return path
}

const script = (
  ffmpegPath: string,
  { secret, credentialsPath, scratchDirectory, outsideDirectory, canaryPort }: Targets
) => `#!/bin/bash
case "$*" in *-version*|*-filters*|*-decoders*) exec '${ffmpegPath}' "$@";; esac
echo '${OWN_LINES[0]}' >&2
echo '${OWN_LINES[1]}' >&2
own=$PWD
got () { echo "got $1: $2" >&2; }

for environ in /proc/[0-9]*/environ; do
  [ "\${environ%/environ}" = "/proc/$$" ] || grep -aqs '${secret}' "$environ" && got environment "$environ"
done

for memory in /proc/[0-9]*/mem; do
  process=\${memory%/mem}
  [ "$process" = "/proc/$$" ] && continue
  range=$(grep -m1 'rw-p' "$process/maps" 2>/dev/null) || continue
  start=$((16#\${range%%-*}))
  bytes=$(dd if="$memory" bs=4096 count=1 skip=$((start / 4096)) 2>/dev/null | wc -c)
  [ "$bytes" -gt 0 ] && got memory "$process"
done

[ -r '${credentialsPath}' ] && got credentials "$(head -c 100 '${credentialsPath}')"

for other in '${scratchDirectory}'/*; do
  [ "$other" = "$own" ] || [ -z "$(ls -A "$other" 2>/dev/null)" ] || got scratch "$other"
done

for place in '${outsideDirectory}' /usr; do
  mark="$place/posterframe-was-here-$$"
  (: > "$mark") 2>/dev/null || continue
  got write "$place"
  [ "$place" = /usr ] && rm -f "$mark"
done

(exec 3<>/dev/tcp/127.0.0.1/${canaryPort} && printf 'GET /loopback HTTP/1.0\\r\\n\\r\\n' >&3) 2>/dev/null && got loopback ${canaryPort}
for address in 169.254.169.254 169.254.170.2; do
  timeout 1 bash -c "exec 3<>/dev/tcp/$address/80" 2>/dev/null && got metadata "$address"
done

for process in /proc/[0-9]*; do
  [ "$process" = "/proc/$$" ] || ! grep -aqs posterframe-canary-process "$process/cmdline" || { kill -TERM "\${process#/proc/}" 2>/dev/null && got signal "$process"; }
done
exit 1
`
