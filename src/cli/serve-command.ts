import { Command } from 'commander'
import type { CliContext } from './cli-context.ts'

const EXAMPLES = `
Examples:
  posterframe serve
  POSTERFRAME_OUTPUT_BUCKET=my-thumbnails POSTERFRAME_SOURCE_BUCKETS=my-videos posterframe serve --port 8080`

/** Creates `posterframe serve`, which does the same as the entry of the container. */
export function createServeCommand (cli: CliContext): Command {
  return new Command('serve')
    .description('start the HTTP service as the container does, with the exit codes of the server')
    .option('--host <address>', 'address to listen on (default: POSTERFRAME_HOST)')
    .option('--port <number>', 'port to listen on (default: POSTERFRAME_PORT)')
    .addHelpText('after', EXAMPLES)
    .action(async (address: { readonly host?: string, readonly port?: string }) => {
      await cli.serve(address)
    })
}
