//! Rules of still images and GIFs.

pub(crate) mod animated_image;
pub(crate) mod gif_dimensions;
pub(crate) mod gif_frame_outside_canvas;
pub(crate) mod gif_missing_trailer;
pub(crate) mod gif_pixel_budget;
pub(crate) mod gif_too_many_frames;
pub(crate) mod image_dimensions;
pub(crate) mod image_pixel_budget;
pub(crate) mod static_gif;
