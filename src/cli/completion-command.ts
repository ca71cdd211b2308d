import { Argument, Command } from 'commander'
import { type ShellName, SHELLS, writeCompletion } from './completion.ts'
import type { CliContext } from './cli-context.ts'

const EXAMPLES = `
Examples:
  source <(posterframe completion bash)      in ~/.bashrc
  source <(posterframe completion zsh)       in ~/.zshrc
  posterframe completion fish > ~/.config/fish/completions/posterframe.fish`

/** `posterframe completion`: prints a script for a shell. */
export function createCompletionCommand ({ stdout }: CliContext, program: Command): Command {
  return new Command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((cli: ShellName) => {
      stdout.write(writeCompletion(cli, program))
    })
}
