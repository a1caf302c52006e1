import { ActionIcon, Tooltip, UnstyledButton } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ComponentPropsWithRef } from 'react';
import classes from './control.module.css';

interface ControlProps extends Omit<ComponentPropsWithRef<'button'>, 'children' | 'disabled' | 'color' | 'style'> {
  readonly compact: boolean;
  readonly icon: Icon;
  readonly label: string;
  /** What is not as usual, such as a silent microphone: filled, `danger` where the other side misses something. */
  readonly tone?: 'calm' | 'on' | 'danger';
}

/** One control of a call: a picture above its words, or the picture alone where there is little room. */
export function Control({ compact, icon: Sign, label, tone = 'calm', ...button }: ControlProps) {
  if (compact) {
    return (
      <Tooltip label={label}>
        <ActionIcon
          {...button}
          variant={tone === 'calm' ? 'default' : 'filled'}
          color={tone === 'danger' ? 'red' : 'lake'}
          size="lg"
          aria-label={label}
        >
          <Sign size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <UnstyledButton {...button} className={classes.control ?? ''} data-tone={tone}>
      <Sign size={22} stroke={1.6} aria-hidden />
      <span>{label}</span>
    </UnstyledButton>
  );
}
