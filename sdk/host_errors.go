package sdk

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// hostErrors are the errors of a Host that go over the wire, with their codes. Where two have one code, the method tells them apart.
func hostErrors() []hostError {
	return []hostError{
		{ErrNotGranted, codes.PermissionDenied},
		{ErrMediaGone, codes.NotFound},
		{ErrNotFound, codes.NotFound},
		{ErrMediaTooLarge, codes.OutOfRange},
		{ErrMediaForm, codes.FailedPrecondition},
		{ErrNoPerson, codes.FailedPrecondition},
		{ErrConflict, codes.Aborted},
		{ErrTooSlow, codes.ResourceExhausted},
		{ErrFull, codes.ResourceExhausted},
		{ErrInvalid, codes.InvalidArgument},
	}
}

type hostError struct {
	err  error
	code codes.Code
}

// toStatus makes what a Host has returned a status.
func toStatus(err error) error {
	if err == nil {
		return nil
	}
	for _, one := range hostErrors() {
		if errors.Is(err, one.err) {
			return status.Error(one.code, valid(err.Error()))
		}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return status.Error(codes.Canceled, valid(err.Error()))
	case errors.Is(err, context.DeadlineExceeded):
		return status.Error(codes.DeadlineExceeded, valid(err.Error()))
	}
	return status.Error(codes.Unknown, valid(err.Error()))
}

// remoteError is an error of the other side: its text, and which of some errors it is.
type remoteError struct {
	text string
	is   error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.is }

// fromStatus makes a status an error again: one of those that the method knows, if it is one.
func fromStatus(err error, known ...error) error {
	if err == nil {
		return nil
	}
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	switch s.Code() {
	case codes.Canceled:
		return &remoteError{s.Message(), context.Canceled}
	case codes.DeadlineExceeded:
		return &remoteError{s.Message(), context.DeadlineExceeded}
	}
	for _, one := range hostErrors() {
		for _, wanted := range append(known, ErrNotGranted, ErrInvalid) {
			if one.err == wanted && one.code == s.Code() {
				return &remoteError{s.Message(), wanted}
			}
		}
	}
	return err
}
