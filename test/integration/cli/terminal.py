# A terminal for a program: what the program shows goes to stdout; each line of stdin is a command as JSON,
# {"type": "keys"} or {"resize": [columns, rows]}. Ends with the program, with its exit code.
import fcntl, json, os, pty, select, signal, struct, sys, termios

# It waits until the size is set.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
child, screen = pty.fork()
if child == 0:
    signal.sigwait({signal.SIGUSR1})
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    os.execvp(sys.argv[1], sys.argv[1:])


def resize(columns, rows):
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))


resize(80, 24)
os.kill(child, signal.SIGUSR1)
sources = [screen, 0]
commands = b''
while screen in sources:
    for ready in select.select(sources, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:
            data = b''
        if not data:
            sources.remove(ready)
        elif ready == screen:
            os.write(1, data)
        else:
            commands += data
            *lines, commands = commands.split(b'\n')
            for line in lines:
                command = json.loads(line)
                if 'type' in command:
                    os.write(screen, command['type'].encode())
                if 'resize' in command:
                    resize(*command['resize'])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) % 256)
