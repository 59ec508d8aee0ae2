"""Statement files of banks: read into plain lines, and written; pure, for every slice that meets one."""
