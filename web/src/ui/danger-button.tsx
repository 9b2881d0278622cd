import { Button, type ButtonProps } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import classes from './danger-button.module.css';

interface DangerButtonProps extends Pick<ButtonProps, 'children'> {
  readonly disabled?: boolean;
  readonly loading?: boolean;
  readonly onClick: () => void;
}

/** Deletes something for good. */
export function DangerButton({ disabled = false, loading = false, onClick, children }: DangerButtonProps) {
  return (
    <Button
      className={classes['danger'] ?? ''}
      color="red"
      leftSection={<IconTrash size={16} />}
      disabled={disabled}
      loading={loading}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}
