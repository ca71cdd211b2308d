import { Argument, Command } from 'commander'
import { type ShellName, SHELLS, writeCompletion } from './completion.ts'
import type { Shell } from './shell.ts'

const EXAMPLES = `
Examples:
  source <(posterframe completion bash)      in ~/.bashrc
  source <(posterframe completion zsh)       in ~/.zshrc
  posterframe completion fish > ~/.config/fish/completions/posterframe.fish`

/** `posterframe completion`: prints a script for a shell. */
export function createCompletionCommand ({ stdout }: Shell, program: Command): Command {
  return new Command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: ShellName) => { stdout.write(writeCompletion(shell, program)) })
}
