# fish completion for gortctl: commands are read from its own help, instances
# from the gortd that answers.
function __gortctl_commands
    gortctl --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) *\(.*\)/\1\t\2/p'
end

function __gortctl_instances
    gortctl ps -a 2>/dev/null | awk 'NR > 1 { print $2 "\t" $3 " " $4; print $1 "\t" $2 }'
end

function __gortctl_no_command
    not __fish_seen_subcommand_from (__gortctl_commands | cut -f1)
end

complete -c gortctl -n __gortctl_no_command -f -a '(__gortctl_commands)'
complete -c gortctl -n __gortctl_no_command -s s -l socket -r -d "control socket"
complete -c gortctl -s o -l output -x -a 'json table' -d "how answers are printed"
complete -c gortctl -l help -d "help of this command"
complete -c gortctl -n '__fish_seen_subcommand_from inspect wait stop kill restart rm logs boot sched gc mem goroutines gcnow debug godebug why events' -f -a '(__gortctl_instances)'
