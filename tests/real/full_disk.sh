#!/bin/sh
# Stands for an encoder on a full disk: the words of the system are real.
exec cat > /dev/full
